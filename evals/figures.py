"""The seam to `rag.figures`: text -> comparable (value, unit) pairs."""

from evals.matching import plain_figures

read_figures = plain_figures
