"""Models by settings: which engine, which folder. The models themselves are imported when they are wanted."""

import importlib.util
import threading
from pathlib import Path

from corpus.errors import ModelError
from corpus.settings import Settings
from rag.encoder import BUNDLED, Encoder, weights
from rag.generation import Generation
from rag.graph import Precision
from rag.judge import Models
from rag.llm import ChatModel, load_chat_model
from rag.reader import Reader


def cache_folder(settings: Settings) -> Path:
    """Where unpacked models are kept."""
    return Path(settings.cache) if settings.cache else Path.home() / ".cache" / "sourcier"


def load_encoder(settings: Settings) -> Encoder:
    """The embedding model of the settings. Raises ModelError."""
    installed = importlib.util.find_spec("onnxruntime") is not None
    if settings.model == BUNDLED and (settings.engine == "onnx" or (settings.engine == "auto" and installed)):
        from rag import int8_engine
        from rag.onnx_encoder import OnnxEncoder

        precision: Precision = "int8" if settings.engine == "auto" and int8_engine.quick() else "float32"
        return OnnxEncoder.load(cache_folder(settings), precision=precision)
    from rag.encoder import SentenceEncoder

    return SentenceEncoder.load(settings.model, cache_folder(settings))


class Shelf:
    """The models of one assistant, each loaded at its first use. Safe to use from several threads."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self._settings = settings
        self._encoder = encoder
        self._reader: Reader | None = None
        self._reader_looked_for = False
        self._writer: ChatModel | None = None
        self._lock = threading.Lock()

    def encoder(self, generation: Generation) -> Encoder | None:
        """The encoder, None for lexical retrieval. Raises ModelError, also when the index was made with another one."""
        if self._settings.retrieval == "lexical":
            return None
        with self._lock:
            if self._encoder is None:
                self._encoder = load_encoder(self._settings)
            encoder = self._encoder
        made_with = generation.manifest["encoder"]
        if weights(made_with["digest"]) != weights(encoder.digest):  # vectors of two models cannot be compared
            reason = f"the index was made with {made_with['name']} ({made_with['digest']}): build it again"
            raise ModelError(f"{encoder.name}: {reason}", model=encoder.name, reason="other_index")
        return encoder

    def writer(self) -> ChatModel | None:
        """The language model that words answers, None where none is set. Raises ExtraMissing, ModelError."""
        with self._lock:
            if self._writer is None and self._settings.llm:
                given = self._settings
                self._writer = load_chat_model(given.llm, key=given.llm_key, seconds=given.llm_seconds)
            return self._writer

    def close(self) -> None:
        """Release what the models hold open."""
        if self._writer is not None:
            self._writer.close()

    def models(self, generation: Generation) -> Models:
        """What judging uses: the reader for full retrieval where it is installed, else the encoder alone."""
        encoder = self.encoder(generation)
        if self._settings.retrieval != "full":
            return Models(encoder, None)
        with self._lock:
            if not self._reader_looked_for:
                from rag.reader import open_reader

                self._reader = open_reader(cache_folder(self._settings))
                self._reader_looked_for = True
        return Models(encoder, self._reader)
