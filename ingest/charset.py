"""Bytes -> text: which encoding a page is really in."""

import codecs
import re

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Whole UTF-8 sequences (Unicode, table 3-7).
_UTF8 = re.compile(
    rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+"
)
# What browsers do (WHATWG Encoding): pages that say latin-1 or ASCII are windows-1252.
_MEANT = {"iso8859-1": "windows-1252", "ascii": "windows-1252"}
# Codecs of Python that are not character sets of the web.
_NOT_TEXT = {"base64", "bz2", "hex", "quopri", "rot-13", "uu", "zlib", "idna", "punycode", "unicode-escape",
             "raw-unicode-escape", "undefined", "utf-7"}  # fmt: skip


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`; never raises.

    Order: byte-order mark; UTF-8 whenever the bytes are valid UTF-8 (a page that
    is valid UTF-8 and holds accents is UTF-8, whatever it says); UTF-8 with pieces
    of windows-1252 in it; what the HTTP header, then the page, says;
    charset-normalizer's guess; windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    claims = _claims(body, content_type)
    if ("utf-8" in claims or not claims) and _mostly_utf8(body):
        return _mixed(body)
    for name in claims:
        if name != "utf-8":
            try:
                return body.decode(name)
            except UnicodeDecodeError:
                continue
    guess = _guess(body) if not claims else None
    return guess if guess is not None else body.decode("windows-1252", "replace")


def _claims(body: bytes, content_type: str) -> list[str]:
    head = body[:4096]
    names: list[str] = []
    header = _HEADER.search(content_type)
    if header:
        names.append(header[1])
    for pattern in (_XML, _META):
        found = pattern.search(head)
        if found:
            names.append(found[1].decode("ascii"))
    known: list[str] = []
    for name in names:
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        codec = _MEANT.get(codec, codec)
        if codec not in known and codec not in _NOT_TEXT:
            known.append(codec)
    return known


def _mostly_utf8(body: bytes) -> bool:
    """True when bad bytes are rare beside good multi-byte sequences: UTF-8 with something else in it."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f" and character != "\ufffd")
    return good > bad  # text of one byte a letter holds hardly a sequence that is good by chance


def _mixed(body: bytes) -> str:
    """UTF-8 into which pieces of windows-1252 were pasted, as content systems do; each piece read as what it is."""
    out: list[str] = []
    at = 0
    for good in _UTF8.finditer(body):
        out += [body[at : good.start()].decode("windows-1252", "replace"), good[0].decode("utf-8")]
        at = good.end()
    return "".join([*out, body[at:].decode("windows-1252", "replace")])


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:200_000], cp_isolation=["utf_8", "cp1252", "iso8859_15", "utf_16", "cp1256"]).best()
    if best is None:
        return None
    try:
        return body.decode(best.encoding)
    except UnicodeDecodeError:
        return None
