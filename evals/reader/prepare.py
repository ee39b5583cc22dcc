"""Training examples of the sentence reader, from question sets.

    python -m evals.reader.prepare --data /path/to/data --out /path/to/examples.jsonl

An example is a question read against one passage: the sentence that answers,
or none. Splits never share a text: press-qa by article (85 % train), PIAF by
article and NoMIRACL by question (halves). What is held out is only measured.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from corpus.records import Span
from rag.french import sentences, terms
from rag.lexical import LexicalIndex
from rag.passages import MAX_CHARS

Split = Literal["train", "validation"]
Kind = Literal["gold", "near", "negative", "altered"]

SHORT_CHARS = (450, 900)
"""Second cuts of a text are this long at most: the model meets passages of many lengths, and short ones cost less."""
NEGATIVES = 3
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question against one passage. gold: number of the answering sentence, None when none answers.
    answer: its exact characters in `text`. group: examples of one question share it."""

    source: str
    split: Split
    kind: Kind
    type: str
    group: str
    question: str
    header: str
    text: str
    sentences: list[list[int]]
    gold: int | None = None
    answer: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a text. place: the answer's characters, or the nearest sentence's when not answerable."""

    text: str
    type: str
    answerable: bool
    place: Span | None


@dataclass(frozen=True, slots=True)
class Text:
    """A publication's text with its questions. date: in words, "" if unknown."""

    source: str
    key: str
    title: str
    date: str
    text: str
    questions: list[Question] = field(default_factory=list)


def main() -> None:
    """Write the examples, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/, lefaso/, piaf/, nomiracl-fr/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20250327)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with options.out.open("w", encoding="utf-8") as out:
        for examples in (press(options.data, chance), piaf(options.data, chance), nomiracl(options.data, chance)):
            for example in examples:
                out.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")


def press(data: Path, chance: random.Random) -> Iterator[Example]:
    """press-qa on the articles of lefaso."""
    texts = press_texts(data)
    yield from _examples(list(texts.values()), 0.85, chance)


def press_texts(data: Path) -> dict[str, Text]:
    """The articles by address, with their questions."""
    texts = {}
    for line in (data / "lefaso" / "articles-dev.jsonl").open(encoding="utf-8"):
        article = json.loads(line)
        date = re.search(r"(\d{1,2}(?:er)? \w+ \d{4})", article["published_text"] or "")
        texts[article["url"]] = Text("press-qa", article["url"], "", date[1] if date else "", article["text"])
    for line in (data / "train" / "press-qa.jsonl").open(encoding="utf-8"):
        item = json.loads(line)
        text = texts[item["doc"]].text
        start = text.find(item["sentence"] if item["answerable"] else item["near"])
        place = Span(start, start + len(item["near"])) if not item["answerable"] else None
        if item["answerable"]:
            start += item["sentence"].find(item["answer"])
            place = Span(start, start + len(item["answer"]))
        texts[item["doc"]].questions.append(Question(item["question"], item["type"], item["answerable"], place))
    return texts


def piaf(data: Path, chance: random.Random) -> Iterator[Example]:
    """PIAF: each paragraph is a text under its article's title."""
    yield from _examples(piaf_texts(data), 0.5, chance, by_title=True)


def piaf_texts(data: Path) -> list[Text]:
    """The paragraphs with their questions."""
    texts = []
    for article in json.loads((data / "piaf" / "piaf-dev.json").read_text(encoding="utf-8"))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            text = Text("piaf", f"{article['title']}#{number}", article["title"], "", paragraph["context"])
            for item in paragraph["qas"]:
                answer = item["answers"][0]
                place = Span(answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                text.questions.append(Question(item["question"], "piaf", True, place))
            texts.append(text)
    return texts


def nomiracl(data: Path, chance: random.Random) -> Iterator[Example]:
    """NoMIRACL: only that nothing answers is told, so only the unanswerable questions teach."""
    for line in (data / "nomiracl-fr" / "dev.jsonl").open(encoding="utf-8"):
        item = json.loads(line)
        if item["answerable"] or split_of(item["query_id"], 0.5) != "train":
            continue
        index = LexicalIndex.build([passage["text"] for passage in item["passages"]])
        scores = index.scores(terms(item["question"]))
        for number in scores.argsort()[::-1][:NEGATIVES].tolist():
            passage = item["passages"][number]
            question = Question(item["question"], "nomiracl", False, None)
            text = Text("nomiracl", item["query_id"], passage["title"], "", passage["text"])
            span = Span(0, len(passage["text"]))
            head = _header(text, span, question, chance)
            yield _example(text, span, question, "near", "train", head, item["query_id"])


def split_of(key: str, train_share: float) -> Split:
    """The split of a text, from its name alone: adding texts never moves others."""
    return "train" if int(sha256(key.encode()).hexdigest()[:8], 16) / 2**32 < train_share else "validation"


def cut(text: str, most: int) -> list[Span]:
    """Neighbouring sentences up to `most` characters, as `rag.passages` packs them."""
    packed: list[Span] = []
    for sentence in sentences(text):
        if packed and sentence.end - packed[-1].start <= most:
            packed[-1] = Span(packed[-1].start, sentence.end)
        else:
            packed.append(sentence)
    return packed


def _examples(texts: Sequence[Text], share: float, chance: random.Random, by_title: bool = False) -> Iterator[Example]:
    """Validation: one example a question, cut as in service. Training: two cuts, hard negatives, altered years."""
    whole = [(text, span) for text in texts for span in cut(text.text, MAX_CHARS)]
    index = LexicalIndex.build([text.text[span.start : span.end] for text, span in whole])
    splits = [split_of(text.title if by_title else text.key, share) for text in texts]
    split_by_key = {text.key: split for text, split in zip(texts, splits, strict=True)}
    for text, split in zip(texts, splits, strict=True):
        short = cut(text.text, chance.randint(*SHORT_CHARS))
        for question in text.questions:
            place = question.place
            if place is None:
                continue
            group = f"{text.key}|{question.text}"
            cuts = [cut(text.text, MAX_CHARS), short] if split == "train" else [cut(text.text, MAX_CHARS)]
            kind: Kind = "gold" if question.answerable else "near"
            for spans in cuts:
                for span in spans:
                    if span.start <= place.start and place.end <= span.end:
                        head = _header(text, span, question, chance)
                        yield _example(text, span, question, kind, split, head, group)
            if split != "train":
                continue
            answer = text.text[place.start : place.end] if question.answerable else ""
            here, elsewhere = [], []
            for row in index.scores(terms(question.text)).argsort()[::-1][:40].tolist():
                other, span = whole[row]
                if split_by_key[other.key] != "train" or (answer and answer in other.text[span.start : span.end]):
                    continue
                (here if other is text else elsewhere).append((other, span))
            here = [item for item in here if item[1].end <= place.start or item[1].start >= place.end]
            for other, span in [*here[:1], *elsewhere[: NEGATIVES - len(here[:1])]]:
                head = _header(other, span, question, chance)
                yield _example(other, span, question, "negative", split, head, group)
            altered = alter_year(question.text, chance)
            if question.answerable and altered and text.date:
                changed = Question(altered, question.type, False, place)
                for span in short:
                    if span.start <= place.start and place.end <= span.end:
                        yield _example(text, span, changed, "altered", split, text.date, group)


def alter_year(question: str, chance: random.Random) -> str | None:
    """The question with its year moved by one to four: what answered no longer does. None when it names no year."""
    found = list(_YEAR.finditer(question))
    if len(found) != 1:
        return None
    year = str(int(found[0].group()) + chance.choice((-4, -3, -2, -1, 1, 2, 3)))
    return question[: found[0].start()] + year + question[found[0].end() :]


def _header(text: Text, span: Span, question: Question, chance: random.Random) -> str:
    """As in service, title and date. Articles that lost their title get the date, at times with how they begin."""
    if text.title:
        return text.title if chance.random() < 0.8 else ""
    draw = chance.random()
    if draw < 0.15 and not _YEAR.search(question.text):
        return ""
    first = cut(text.text, 1)[0]
    lead = " ".join(text.text[first.start : first.end].split()[:14])
    return f"{lead} — {text.date}" if draw > 0.6 and span.start >= first.end else text.date


def _example(text: Text, span: Span, question: Question, kind: Kind, split: Split, header: str, group: str) -> Example:
    passage = text.text[span.start : span.end]
    spans = sentences(passage)
    gold, answer = None, None
    if kind == "gold" and question.place is not None:
        start, end = question.place.start - span.start, question.place.end - span.start
        answer = [start, end]
        gold = max(range(len(spans)), key=lambda n: min(end, spans[n].end) - max(start, spans[n].start))
    return Example(
        source=text.source, split=split, kind=kind, type=question.type, group=group,
        question=question.text, header=header, text=passage, sentences=[[s.start, s.end] for s in spans],
        gold=gold, answer=answer,
    )  # fmt: skip


def load(path: Path) -> list[Example]:
    """The examples of a file that `main` wrote."""
    records: list[dict[str, Any]] = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [Example(**record) for record in records]


if __name__ == "__main__":
    main()
