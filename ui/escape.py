"""Text from the web on its way to a screen: characters that could deceive or break the page are taken out."""

import html
import re

_INVISIBLE = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # change the direction of what follows: 12 shown as 21
    "\u200b\u2060\ufeff\u00ad]"  # zero width: two names that look the same
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

_PERCENT = re.compile(r"\d(?:[\d.,]*\d)? %")


def clean(text: str) -> str:
    """`text` without direction overrides and zero-width characters; control characters become U+FFFD."""
    return _CONTROL.sub("\ufffd", _INVISIBLE.sub("", text.replace("\r\n", "\n")))


def safe(text: str) -> str:
    """`clean` text, escaped for an HTML element or a quoted attribute."""
    return html.escape(clean(text), quote=True)


def quoted(text: str) -> str:
    """`safe` text of a publication, its percentages kept on one line: the spaces stay what they are there."""
    return _PERCENT.sub(r'<span class="nb">\g<0></span>', safe(text))
