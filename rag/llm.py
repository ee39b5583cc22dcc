"""A language model, where the user has turned one on: what opens it, asks it, and gives up on it.

Any name that LangChain's `init_chat_model` knows ("anthropic:…", "ollama:…"), or the address of a server that speaks
OpenAI's chat protocol, with the model's name after "#" ("http://127.0.0.1:8080/v1#gemma"). Whatever goes wrong on the
other side is a ModelError, within the time given: callers always have something to fall back on.
"""

import asyncio
import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import aclosing, suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from corpus.errors import ExtraMissing, ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_CHARS = 20_000
"""A reply is cut here: a server that never ends must not fill the memory."""
_GRACE_SECONDS = 5  # beyond the time limit: a provider that blocks the loop is given up on
_OURS = "langchain-openai"  # what the extra brings; other providers have packages of their own
_SCHEMES = ("http://", "https://")


def fenced(parts: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """(mark, prompt): each (label, text) between lines that carry the mark.

    The mark is a digest of all the texts, so that no text can hold it and end its own fence; the same texts give the
    same prompt.
    """
    mark = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    return mark, "\n".join(f"<<{label} {mark}>>\n{text}\n<<fin {mark}>>" for label, text in parts)


class ChatModel:
    """A language model behind a time limit. Safe to use from several threads; `close` it, or use it in a `with`.

    name: as the user gave it. seconds: how long a reply may take in all. client: closed with it.
    """

    def __init__(self, name: str, model: "BaseChatModel", seconds: float, client: Any = None) -> None:
        self.name = name
        self.seconds = seconds
        self._model = model
        self._client = client
        self._lock = threading.Lock()
        self._running: asyncio.AbstractEventLoop | None = None

    def stream(self, rules: str, text: str) -> Iterator[str]:
        """Pieces of the reply as they come, MAX_CHARS characters at most. Close the iterator to stop early.

        Raises ModelError: llm_timeout, llm_failed.
        """
        pieces: SimpleQueue[str | BaseException | None] = SimpleQueue()
        enough = threading.Event()
        task = asyncio.run_coroutine_threadsafe(self._read(rules, text, pieces, enough), self._loop())
        try:
            while (piece := pieces.get(timeout=self.seconds + _GRACE_SECONDS)) is not None:
                if isinstance(piece, BaseException):
                    raise self._failed(piece) from piece
                yield piece
        except Empty as error:
            raise self._failed(TimeoutError()) from error
        finally:
            enough.set()
            task.cancel()

    def reply(self, rules: str, text: str) -> str:
        """The whole reply. Raises as `stream`."""
        return "".join(self.stream(rules, text))

    def close(self) -> None:
        """End what is under way and release the connection."""
        with self._lock:
            loop, self._running = self._running, None
        if loop is None:
            return
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._end(), loop).result(_GRACE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _read(
        self, rules: str, text: str, pieces: "SimpleQueue[str | BaseException | None]", enough: threading.Event
    ) -> None:
        """Put the pieces of a reply, then None or an error.

        The limits are looked at here too: until Python 3.12 `asyncio.wait_for`, which providers use, swallows a
        cancellation when the next chunk is there already, as it always is of a server that never ends.
        """
        left, deadline = MAX_CHARS, monotonic() + self.seconds
        try:
            async with asyncio.timeout(self.seconds):
                async with aclosing(self._model.astream([("system", rules), ("human", text)])) as chunks:  # type: ignore[type-var]
                    async for chunk in chunks:
                        if enough.is_set() or left <= 0:
                            break
                        if monotonic() > deadline:
                            raise TimeoutError
                        if said := str(chunk.text)[:left]:
                            pieces.put(said)
                            left -= len(said)
            pieces.put(None)
        except Exception as error:  # each provider has errors of its own
            pieces.put(error)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _loop(self) -> asyncio.AbstractEventLoop:
        """One loop for all replies: the connections that a provider keeps belong to the loop that opened them."""
        with self._lock:
            if self._running is None:
                self._running = asyncio.new_event_loop()
                threading.Thread(target=_forever, args=(self._running,), name="llm", daemon=True).start()
            return self._running

    def _failed(self, error: BaseException) -> ModelError:
        late = isinstance(error, TimeoutError)
        told = f"no reply within {self.seconds:g} s" if late else f"{type(error).__name__}: {str(error)[:300]}"
        return ModelError(f"{self.name}: {told}", model=self.name, reason="llm_timeout" if late else "llm_failed")


def _forever(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def load_chat_model(name: str, *, key: str = "", seconds: float = 30.0) -> ChatModel:
    """Open the language model of this name or address (see the module).

    key: for an address; named providers read their own environment variable. Opens no connection.
    Raises ExtraMissing, ModelError (llm_load, llm_package).
    """
    from langchain.chat_models import init_chat_model

    try:
        if not name.startswith(_SCHEMES):
            return ChatModel(name, init_chat_model(name, temperature=0), seconds)
        address = urlsplit(name)
        if not address.hostname or address.username or address.password:
            raise ValueError("an address without a user: http://host:port/v1#model")
        from openai import DefaultAsyncHttpxClient

        client = DefaultAsyncHttpxClient()  # ours, so that it can be closed
        model = init_chat_model(
            address.fragment or "default", model_provider="openai", base_url=address._replace(fragment="").geturl(),
            # The key of another provider, in the environment, must not reach this server.
            api_key=key or "none", temperature=0, max_retries=0, use_responses_api=False, http_async_client=client,
        )  # fmt: skip
    except ImportError as error:  # LangChain's message names the package of the provider
        found = re.search(r"langchain-[\w-]+", str(error))
        package = found[0] if found else _OURS
        if package == _OURS:
            raise ExtraMissing(f"{name}: {error}", extra="llm", package=package) from error
        raise ModelError(f"{name}: {error}", model=name, reason="llm_package", package=package) from error
    except Exception as error:  # each provider has errors of its own
        told = f"{name}: {type(error).__name__}: {str(error)[:300]}"
        raise ModelError(told, model=name, reason="llm_load") from error
    return ChatModel(name, model, seconds, client)
