"""One file for each pipeline, read in an environment of its own by `evals/peers/measure.py`.

Each holds a class `Pipeline(model, folder)`: `model` is the weights as a sentence-transformers folder, `folder` where
the pipeline keeps its index, empty before the first `add`. `add(texts, first)` embeds and keeps texts whose row numbers
begin at `first`; `search(question)` gives the row numbers of the ten nearest, best first. Each is written as the
library's own documentation does it, with the prompts that the model was trained with.
"""
