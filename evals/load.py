"""Many users at once on a running `sourcier serve`: errors, waiting times, throughput; memory after many conversations.

    python -m evals.load http://127.0.0.1:7860 --users 50 --seconds 120
    python -m evals.load http://127.0.0.1:7860 --conversations 2000 --pid PID

Both need a server without a rate limit (SOURCIER_RATE_PER_MINUTE=0): all users come from one address here. The first
keeps every user asking without a pause through REST, which is the hardest that so many can do. The second speaks the
chat's own protocol (a session of Gradio, a question, a follow-up) and reads the server's resident memory on the way.

httpx and asyncio rather than locust: one process is enough for what two cores answer, and locust would bring gevent,
Flask and pyzmq for a loop of thirty lines.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.formats_in import load

if TYPE_CHECKING:
    import httpx
    import psutil

SUITE = Path(__file__).parent / "suites" / "demo.jsonl"
"""Questions to ask."""
_PATIENCE_SECONDS = 120.0
_READ_AT = (100, 500, 1000, 2000)
"""Conversations after which memory is read."""
_AGAIN = "Et en 2023 ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Of users that ask without a pause. Times in seconds, of answers that came; load: the machine's, one minute."""

    users: int
    seconds: float
    answered: int
    errors: dict[str, int]
    per_second: float
    p50: float
    p95: float
    slowest: float
    load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident memory of the server, in MB: before, and by number of conversations."""

    conversations: int
    before_mb: int
    after_mb: dict[int, int]
    errors: dict[str, int]
    seconds: float
    load: float


async def press(url: str, users: int, seconds: float, questions: Sequence[str]) -> Load:
    """`users` that each ask, wait for the answer and ask again, for `seconds`."""
    import httpx

    took: list[float] = []
    errors: Counter[str] = Counter()
    asked: Counter[int] = Counter()

    async def user(number: int, end: float) -> None:
        mine = random.Random(number)
        while not asked[number] or time.monotonic() < end:
            asked[number] += 1
            began = time.monotonic()
            try:
                answer = await client.post("/api/v1/ask", json={"question": mine.choice(questions)})
            except httpx.HTTPError as error:
                errors[type(error).__name__] += 1
                continue
            if answer.status_code == 200:
                took.append(time.monotonic() - began)
            else:
                errors[str(answer.status_code)] += 1

    limits = httpx.Limits(max_connections=users)
    async with httpx.AsyncClient(base_url=url, timeout=_PATIENCE_SECONDS, limits=limits) as client:
        began = time.monotonic()
        await asyncio.gather(*(user(number, began + seconds) for number in range(users)))
    whole = time.monotonic() - began
    at = [round(share(took, part), 2) for part in (0.5, 0.95, 1.0)]
    return Load(
        users=users, seconds=round(whole, 1), answered=len(took), errors=dict(errors),
        per_second=round(len(took) / whole, 2), p50=at[0], p95=at[1], slowest=at[2],
        load=round(os.getloadavg()[0], 2),
    )  # fmt: skip


async def talk(url: str, conversations: int, pid: int, questions: Sequence[str], side_by_side: int = 2) -> Memory:
    """`conversations` of two questions each through the chat, `side_by_side` at a time. pid: of the server."""
    import httpx
    import psutil

    server = psutil.Process(pid)
    before = _megabytes(server)
    after: dict[int, int] = {}
    errors: Counter[str] = Counter()
    numbers = iter(range(1, conversations + 1))
    began = time.monotonic()

    async def visitor() -> None:
        for number in numbers:
            for question in (questions[number % len(questions)], _AGAIN):
                try:
                    said = await _asked(client, call, f"load{number}", question)
                except httpx.HTTPError as error:
                    said = type(error).__name__
                if said:
                    errors[said] += 1
            if number in _READ_AT or number == conversations:
                after[number] = _megabytes(server)
                print(number, after[number], "MB", file=sys.stderr, flush=True)  # noqa: T201

    async with httpx.AsyncClient(base_url=url, timeout=_PATIENCE_SECONDS) as client:
        call = _asking((await client.get("/config")).json())
        await asyncio.gather(*itertools.starmap(visitor, [()] * side_by_side))
    return Memory(
        conversations=conversations, before_mb=before, after_mb=dict(sorted(after.items())), errors=dict(errors),
        seconds=round(time.monotonic() - began, 1), load=round(os.getloadavg()[0], 2),
    )  # fmt: skip


def _asking(config: dict[str, Any]) -> dict[str, Any]:
    """The call of the chat's question box as Gradio's queue takes it: eight values, empty but for the question."""
    boxes = {part["id"] for part in config["components"] if part["props"].get("elem_id") == "question"}
    found = next(each for each in config["dependencies"] if boxes & set(each["inputs"]))
    return {"fn_index": found["id"], "data": ["", *[""] * (len(found["inputs"]) - 2), None]}


async def _asked(client: "httpx.AsyncClient", call: dict[str, Any], session: str, question: str) -> str:
    """Ask in a session and read to the end of the answer; what went wrong, or ""."""
    body = call | {"data": [question, *call["data"][1:]], "session_hash": session}
    joined = await client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return str(joined.status_code)
    good = False
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            told = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if told.get("msg") == "process_completed":
                good = bool(told.get("success"))
            if told.get("msg") == "close_stream":
                break
    return "" if good else "unanswered"


def share(values: Sequence[float], part: float) -> float:
    """The value below which `part` of them stand; 0 for none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))] if ranked else 0.0


def _megabytes(process: "psutil.Process") -> int:
    return int(process.memory_info().rss) // 1_000_000


def main() -> None:
    """Print one of them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--conversations", type=int, default=0)
    parser.add_argument("--pid", type=int, default=0)
    args = parser.parse_args()
    questions = [case.question for case in load(SUITE).cases]
    if args.conversations:
        found: Load | Memory = asyncio.run(talk(args.url, args.conversations, args.pid, questions))
    else:
        found = asyncio.run(press(args.url, args.users, args.seconds, questions))
    json.dump(asdict(found), sys.stdout, indent=2)
    print()  # noqa: T201


if __name__ == "__main__":
    main()
