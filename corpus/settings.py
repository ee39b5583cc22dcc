"""The one Settings, read in one place.

Order, later wins: defaults, `sourcier.toml` in the working folder (or the file
named by SOURCIER_SETTINGS), environment variables SOURCIER_<KEY>. Unknown keys
are refused. Below the composition roots (commands, `Assistant.open`) plain
arguments travel, never this object's reader.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.errors import SettingsError

Engine = Literal["auto", "onnx", "torch"]
Retrieval = Literal["full", "fusion", "dense", "lexical"]
Log = Literal["errors", "requests", "questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set. Names are the TOML keys; SOURCIER_ + upper case in the environment."""

    model: str = "bundled"
    """Embedding model: "bundled", or any name or folder that sentence-transformers loads."""
    engine: Engine = "auto"
    """What runs the bundled model: "onnx" (fast, no torch), "torch" (sentence-transformers), or "auto": onnx where
    ONNX Runtime is installed, with passages in 8 bits where the processor has VNNI (cosine 0.996 with float32).
    The vectors of the first two agree to cosine 0.9999. Other models always run on torch."""
    cache: str = ""
    """Folder for unpacked models; "" means ~/.cache/sourcier."""
    retrieval: Retrieval = "full"
    """"full": dense + BM25, ordered by scores and by agreement in time and ministry. For comparison:
    "fusion" (reciprocal ranks alone), "dense", "lexical"."""
    vectors: str = "faiss"
    """Name of the vector engine, a key of `rag.vectors.ENGINES`."""
    evidence: int = 8
    """Passages shown as evidence, best first."""
    max_sentences: int = 3
    """Sentences in an answer, at most."""
    max_question_chars: int = 2000
    """Longer questions are refused."""
    llm: str = ""
    """Language model that words the answers, its sentences checked: a name of LangChain's `init_chat_model`
    ("anthropic:…", "ollama:…"), or an OpenAI-compatible address ("http://127.0.0.1:8080/v1#model"). "" means none."""
    llm_key: str = field(default="", repr=False)
    """Key of that address. Named providers read their own variable."""
    llm_seconds: int = 30
    """Time that the language model has for a reply; then the extractive answer stands."""
    user_agent: str = "Sourcier/0.1 (+contact: operateur@example.org)"
    """How the scraper names itself; put a real contact."""
    host: str = "127.0.0.1"
    """Address that the chat listens on."""
    port: int = 7860
    """Port that the chat listens on."""
    root_path: str = ""
    """Path that a proxy serves the site under and takes off before passing a request on, as "/sourcier"."""
    rate_per_minute: int = 120
    """Requests that search, from one address in a minute; 0 for no limit."""
    login: str = field(default="", repr=False)
    """Who may enter: entries of `sourcier password NAME`, separated by spaces. "" leaves every door open."""
    api_key: str = field(default="", repr=False)
    """Key that programs send as "Authorization: Bearer …". Set, it closes the doors to others. "" means none."""
    log: Log = "errors"
    """What `serve` writes to stderr: "errors", "requests" (how long each took, never its text), "questions" too."""

    def __post_init__(self) -> None:
        for key, (least, most) in _BOUNDS.items():
            value = getattr(self, key)
            if not least <= value <= most:
                raise SettingsError(f"{key} = {value}: not in {least}..{most}", key=key, value=str(value), origin="")

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, folder: Path | None = None) -> "Settings":
        """Read the settings file and the environment. Raises SettingsError."""
        environ = os.environ if environ is None else environ
        path = Path(environ.get("SOURCIER_SETTINGS") or (folder or Path.cwd()) / "sourcier.toml")
        values: dict[str, Any] = {}
        if environ.get("SOURCIER_SETTINGS") and not path.is_file():
            raise SettingsError(
                f"no settings file {path}", key="SOURCIER_SETTINGS", value=str(path), origin="SOURCIER_SETTINGS"
            )
        if path.is_file():
            try:
                values = tomllib.loads(path.read_text(encoding="utf-8"))
            except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingsError(f"{path}: {error}", key="", value="", origin=str(path)) from error
        known = {field.name: field.type for field in fields(cls)}
        checked = {key: _checked(key, value, known, str(path)) for key, value in values.items()}
        for name, raw in environ.items():
            if name.startswith("SOURCIER_") and name not in _NOT_SETTINGS:
                key = name.removeprefix("SOURCIER_").lower()
                checked[key] = _checked(key, _read(raw, known.get(key)), known, name)
        return cls(**checked)


_BOUNDS = {
    "evidence": (1, 100),
    "max_sentences": (1, 20),
    "max_question_chars": (1, 100_000),
    "llm_seconds": (1, 600),
    "port": (0, 65_535),
    "rate_per_minute": (0, 1_000_000),
}
_SECRETS = {"llm_key", "login", "api_key"}
"""Settings whose value no error repeats."""
_NOT_SETTINGS = {"SOURCIER_SETTINGS"}


def _read(raw: str, kind: Any) -> str | int:
    """A variable's value: a number where the setting is one; what is no number stays text, and is refused as such."""
    if kind is not int:
        return raw
    try:
        return int(raw)
    except ValueError:
        return raw


def _checked(key: str, value: Any, known: Mapping[str, Any], origin: str) -> Any:
    if key not in known:
        raise SettingsError(f"{origin}: unknown setting {key!r}", key=key, value=str(value), origin=origin)
    kind = known[key]
    choices = get_args(kind)
    fits = value in choices if choices else type(value) is kind
    if not fits:
        shown = "…" if key in _SECRETS else str(value)
        raise SettingsError(f"{origin}: bad value {shown!r} for {key!r}", key=key, value=shown, origin=origin)
    return value
