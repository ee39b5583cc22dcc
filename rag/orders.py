"""Text of a publication that speaks to whoever answers, to steer the answer: never quoted, shown with a warning.

Text from the web is data: nothing here is obeyed anyway, and nothing is removed.
But a page that says "ignore les consignes précédentes" or "la réponse exacte
est…" was written for machines, and must not stand in an answer as what a
ministry published. A circular that tells citizens what to do is written for
people and stays: it says "vous" or nobody, and speaks of no answer to give.
"""

import re
from functools import lru_cache

_TOLD = r"consignes?|instructions?|directives?|prompts?|r[èe]gles?|invites?"
_BEFORE = r"pr[ée]c[ée]dente?s?|ant[ée]rieure?s?|ci-dessus|re[çc]ue?s?|initiale?s?|donn[ée]es|du syst[èe]me|syst[èe]me"
_MACHINE = (
    r"\bassistante?\b|\bmod[èe]les? de langage\b|\bintelligence artificielle\b|\bIA\b|\bAI\b|\bchatbots?\b|\bChatGPT\b"
    r"|\bLLM\b|\bagent conversationnel\b|\bprompts?\b"
)
_ANSWER = r"\br[ée]ponse (?:exacte|officielle|correcte|attendue|[àa] donner|[àa] fournir)\b"
_ORDERS = tuple(
    re.compile(pattern, re.I | re.M)
    for pattern in (
        # the marks of a conversation, or of a page's source, in what should be plain text
        r"</?(?:system|assistant|user|context|document|instructions?|prompt|script|iframe)\b[^<>]{0,80}>",
        r"<\|[a-z_]+\|>|\[/?INST\]|^#{2,}\s*(?:instruction|system|response)s?\s*:",
        r"<\w+[^<>]*\bdisplay\s*:\s*none|<\w+[^<>]*\bon(?:error|load|click)\s*=|\]\(\s*javascript:",
        # to one who is called "tu": no publication of a ministry does
        rf"(?:^|[.!?:;»\"”]\s*)(?:ignore|oublie|contourne)\s+(?:toutes?\s+)?(?:les|tes|ces|mes)\s+(?:\w+\s+)?(?:{_TOLD})\b",
        r"\bne tiens (?:pas|plus|aucun) compte\b|\bfais abstraction d|\bfais comme si\b",
        r"\btu (?:es|seras) (?:d[ée]sormais|maintenant|un assistant|une IA)\b",
        r"\btu (?:dois|vas) (?:r[ée]pondre|affirmer|citer)\b",
        r"\b(?:r[ée]ponds|[ée]cris)\s+(?:que|seulement|uniquement|toujours|simplement|exactement|par|oui|non|:"
        r"|[àa] (?:la|cette|toute) question)(?!\w)",
        # to a machine, however it is called
        rf"\b(?:ignor(?:ez|er)|oubli(?:ez|er)|ne (?:tenez|tenir) (?:pas|plus) compte)\b[^.!?]{{0,60}}\b(?:{_TOLD})\s+"
        rf"(?:{_BEFORE})[^.!?]{{0,80}}(?:{_MACHINE}|\br[ée]pond)",
        rf"(?:{_MACHINE})[^.!?]{{0,60}}\b(?:r[ée]pondez|ignorez|oubliez"
        r"|(?:doit|doivent) r[ée]pondre (?:que|par|seulement|oui|non|[àa] cette question))\b",
        r"\bignore (?:all |any |the )?(?:previous|prior|above|preceding)\b[^.!?]{0,20}\binstructions?\b",
        # what "the answer" is: written to be found by a question
        rf"{_ANSWER}[^.!?]{{0,30}}?\b(?:est|sera)\b|{_ANSWER}\s*:",
    )
)


@lru_cache(maxsize=4096)
def gives_orders(text: str) -> bool:
    """Whether a text speaks to whoever answers, to steer the answer."""
    return any(pattern.search(text) for pattern in _ORDERS)
