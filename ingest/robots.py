"""robots.txt: what a site allows, how slowly, and where its sitemaps are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.values import FetchResult, Page, Refusal

if TYPE_CHECKING:
    from protego import Protego

MAX_DELAY_SECONDS = 300.0
"""A crawl-delay above this counts as this: a run has to end."""
_MAX_CHARS = 512_000  # RFC 9309, 2.5: at least 500 KiB are read


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one site for our agent. unavailable: why they could not be read."""

    parser: "Protego | None"
    agent: str
    delay_seconds: float
    sitemaps: tuple[str, ...]
    unavailable: Refusal | None = None

    def allows(self, url: str) -> bool:
        """True when our agent may fetch `url`."""
        return self.parser is None or bool(self.parser.can_fetch(url, self.agent))


def read_robots(result: FetchResult, agent: str) -> RobotsRules:
    """Rules from the answer to /robots.txt (RFC 9309, 2.3.1).

    4xx: everything is allowed. 5xx, 429 or no answer: nothing is.
    """
    if isinstance(result, Page):
        from protego import Protego

        parser = Protego.parse(result.body[:_MAX_CHARS].decode("utf-8", "replace"))
        delay = parser.crawl_delay(agent) or 0.0
        return RobotsRules(parser, agent, min(float(delay), MAX_DELAY_SECONDS), tuple(parser.sitemaps))
    if isinstance(result, Refusal):
        missing = result.status is not None and 400 <= result.status < 500 and result.status != 429
        # Redirected away to another host: there are no rules here (RFC 9309, 2.3.1.2).
        if missing or result.reason in ("redirects", "host"):
            return RobotsRules(None, agent, 0.0, ())
        return RobotsRules(None, agent, 0.0, (), result)
    return RobotsRules(None, agent, 0.0, ())
