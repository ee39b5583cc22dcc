"""What surrounds a text on a page and is not the text: named here, removed before reading."""

import re

from bs4 import BeautifulSoup, Comment, Tag

from ingest.text import clean_line

_NEVER_TEXT = ("script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "audio", "video",
               "button", "select", "input", "textarea", "dialog", "map")  # fmt: skip
_AROUND = ("nav", "aside", "footer", "menu", "form")
_CAPTIONS = ("figcaption",)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

# Whole words of class and id, split at anything that is not a letter or digit.
_NOISE_WORDS = frozenset(
    """
    comment comments commentaire commentaires commentlist respond disqus forum
    sharedaddy partager partages addtoany addthis sharethis socials
    related relatedposts similaires yarpp crp outbrain taboola
    newsletter infolettre subscribe abonnement mailchimp mc4wp
    cookie cookies gdpr rgpd consent
    breadcrumb breadcrumbs ariane arbo
    pagination pager
    sidebar menu navbar advert advertisement adsense publicite sponsored
    signature caption spip_documents spip_doc_titre spip_doc_descriptif
    postmeta tagcloud etiquettes popup printfriendly
    """.split()  # noqa: SIM905
)
# Words that themes and builders also put on what holds the article: noise only around little prose.
_WEAK_WORDS = frozenset(
    ("share", "sharing", "partage", "widget", "social", "tags", "print", "modal", "skip", "ads", "pub", "sponsor")
)
_LITTLE_PROSE = 400
# Parts of class and id names, where one word would say too little.
_NOISE_PARTS = re.compile(
    r"lire[-_]?aussi|a[-_]lire|lire[-_]?egalement|read[-_]?(?:also|more|next)|meme[-_](?:rubrique|auteur|theme)"
    r"|mots?[-_]?cles?|post[-_]?nav|nav[-_]?(?:links|previous|next)|suivez[-_]nous|follow[-_]us|follow-?buttons"
    r"|(?:entry|post|article)[-_](?:footer|tags|share|meta|utility)|cat[-_]links|tags?[-_]links|author[-_](?:box|bio)"
    r"|about[-_]author|social[-_](?:share|icons|links|media|bar|buttons|network)|share[-_]?(?:buttons|bar|box|links)"
    r"|wp[-_]caption[-_]text|image[-_]caption|photo[-_]credit|screen[-_]reader|sd[-_]sharing|jp[-_]related"
    r"|info[-_]publi|hit[-_]?parade|popularite|site[-_]?(?:header|footer)|demo[-_]note|source[-_]media"
    r"|cookie|newsletter|most[-_](?:read|popular)|plus[-_]lus?|tweet[-_]|entry[-_]embed|(?:ad|banner)[-_]?(?:slot|unit)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*", re.IGNORECASE)

_LARGEST_SHARE = 0.4
"""An element with more of the page's text than this is never noise, whatever its class:
themes put words such as "related" and "widget" on the wrapper of everything."""

_JUNK_START = re.compile(
    r"^[^\w«“\"]*(?:lire\s+(?:aussi|également|la\s+suite|plus)|(?:à|a)\s+lire(?:\s+(?:aussi|également))?\s*(?:[:>»]|$)"
    r"|voir\s+(?:aussi|également)\s*[:>»]|retrouvez\s+(?:aussi|également)|vous\s+aimerez\s+aussi|sur\s+le\s+même\s+sujet"
    r"|partage[rz]?\s*(?:[:!]|$|cet?\b|sur\b|via\b|l['’])|suivez-nous\b|abonnez-vous\b|s['’]abonner\b"
    r"|inscrivez-vous\s+à\s+(?:notre|la)\s+(?:newsletter|infolettre)|rejoignez-nous\s+sur\b"
    r"|read\s+(?:also|more|next)\s*[:>»]|share\s+(?:this|on)\b|related\s+(?:posts?|articles?|content)\b"
    r"|(?:tags?|étiquettes?|mots?[- ]clés?)\s*:|(?:photo|crédits?|ph\.?)\s*:.{0,60}$|ph\.\s*dr\b"
    # what a closed article says instead of its text, and what asks to follow or to subscribe
    r"|pour\s+(?:lire|découvrir|connaître)\s+la\s+suite\b|pour\s+accéder\s+(?:en\s+illimité|à\s+l['’]intégralité)"
    r"|(?:cet?\s+)?(?:article|contenu)\s+(?:est\s+)?réservé\s+aux?\s+abonné|déjà\s+abonnée?\b|il\s+vous\s+reste\s+\d+"
    r"|suivez\b.{0,60}\bsur\s+(?:nos\s+réseaux|facebook|twitter|x\b|instagram|linkedin|youtube|whatsapp|telegram|tiktok)"
    r"|(?:please\s+)?subscribe\s+(?:now|today|to)\b|to\s+(?:view|read|continue)\b.{0,60}\bsubscribe|(?:first-time|already)"
    r"\s+(?:a\s+)?subscribers?\b|if\s+you.{0,60}\balready\s+(?:a\s+subscriber|subscribed)"
    r"|follow\b.{0,60}\bon\s+(?:facebook|twitter|x\b|instagram|linkedin|youtube|whatsapp|telegram|tiktok)"
    r"|sign\s+up\s+(?:for|to)\b.{0,40}\bnewsletter"
    r"|cliquez\s+ici\s+pour|laisser\s+un\s+commentaire|répondre\s+à\s+ce\s+message|imprimer\s*$)",
    re.IGNORECASE,
)
_JUNK_CHARS = 300
"""Longer blocks are text, however they start."""


def is_junk(block: str) -> bool:
    """True for a short block that invites to read, share or subscribe elsewhere."""
    return len(block) <= _JUNK_CHARS and _JUNK_START.match(block) is not None


def names_noise(tag: Tag) -> bool:
    """True when class or id says menu, share, comments..."""
    names = [*tag.get_attribute_list("class"), *tag.get_attribute_list("id")]
    text = " ".join(name for name in names if isinstance(name, str))
    if not text:
        return False
    words = _WORD.findall(text.lower())
    if any(word in _NOISE_WORDS for word in words) or _NOISE_PARTS.search(text) is not None:
        return True
    return any(word in _WEAK_WORDS for word in words) and _prose(tag) <= _LITTLE_PROSE


def _prose(tag: Tag) -> int:
    """Characters in paragraphs that are not links."""
    total = 0
    for paragraph in tag.find_all("p"):
        total += len(paragraph.get_text()) - sum(len(link.get_text()) for link in paragraph.find_all("a"))
    return total


def prune(soup: BeautifulSoup | Tag, drop: str = "") -> None:
    """Remove, in place, what is never text and what is named as noise.

    drop: the source's own CSS selector of what to remove as well.
    """
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    if drop:
        for tag in soup.select(drop):
            tag.decompose()
    for tag in soup.find_all((*_NEVER_TEXT, *_CAPTIONS)):
        tag.decompose()
    body = soup.find("body") or soup
    limit = _LARGEST_SHARE * len(body.get_text()) if isinstance(body, Tag) else 0.0
    for tag in soup.find_all(True):
        if tag.decomposed or tag.name in ("html", "body", "main"):
            continue
        noise = tag.name in _AROUND or _hidden(tag) or names_noise(tag)
        if noise and len(tag.get_text()) <= limit:
            tag.decompose()


def _hidden(tag: Tag) -> bool:
    style = tag.get("style")
    return (
        tag.has_attr("hidden")
        or tag.get("role") in ("navigation", "complementary", "contentinfo", "search", "dialog")
        or (isinstance(style, str) and _HIDDEN_STYLE.search(style) is not None)
    )


def tidy(blocks: list[str], title: str, signatures: frozenset[str] = frozenset()) -> list[str]:
    """Blocks without junk, without the title repeated at the head, a block twice in a row, a signature at the end."""
    kept: list[str] = []
    for block in blocks:
        if is_junk(block) or (kept and kept[-1] == block):
            continue
        if not kept and title and block.casefold() == clean_line(title).casefold():
            continue
        kept.append(block)
    while kept and kept[-1].casefold() in signatures:
        kept.pop()
    return kept
