"""The table of README.md: every demonstration text and the address of its source.

python -m corpus.demo.provenance            prints the table
python -m corpus.demo.provenance --write    puts it in README.md
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.demo.sites import site_of
from corpus.demo.texts import SCANS, TEXTS, DemoText, load_all

README = Path(__file__).parent / "README.md"
START, END = "<!-- provenance: start -->\n", "<!-- provenance: end -->\n"


def table(texts: Sequence[DemoText]) -> str:
    """A Markdown table, one line a text, ordered by site and id."""
    lines = ["| document | title | source |", "|---|---|---|"]
    for text in sorted(texts, key=lambda text: (site_of(text), text.id)):
        title = text.title.replace("|", "\\|")
        lines.append(f"| `{site_of(text)}/{text.id}` | {title} | <{text.source}> |")
    return "\n".join(lines) + "\n"


def with_table(readme: str, texts: Sequence[DemoText]) -> str:
    """The README with its table made anew; raises ValueError when its marks are missing."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"the README lacks {START.strip()} or {END.strip()}")
    return f"{before}{START}\n{table(texts)}\n{END}{after}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m corpus.demo.provenance", description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="update README.md instead of printing")
    options = parser.parse_args(arguments)
    texts = (*load_all(TEXTS), *load_all(SCANS))
    if options.write:
        README.write_text(with_table(README.read_text(encoding="utf-8"), texts), encoding="utf-8")
    else:
        sys.stdout.write(table(texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
