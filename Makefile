# Few commands, the same for people and for CI. `make demo` and `make test` set up by themselves.
PYTHON ?= python3.11
SERVE ?= 1
DATA ?= data
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint check real clean

demo: .venv/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" DATA="$(DATA)" SERVE="$(SERVE)" bash corpus/demo/demo.sh

test: .venv/.ready-tests
	$(BIN)/python -m pytest

lint: .venv/.ready-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

# A real WordPress and a SPIP-like site on loopback, collected and measured. Needs root the first time (Debian packages).
real: .venv/.ready-tests
	$(BIN)/python tests/real/spip.py
	$(BIN)/python tests/real/wordpress.py --install

# torch first, and alone: later requirements then find it and pull no CUDA packages.
.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install --constraint constraints.txt torch==2.13.0
	$(PIP) install --constraint constraints.txt --editable .
	touch $@

.venv/.ready-tests: .venv/.ready
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	bash tests/system.sh
	touch $@

clean:
	rm -rf .venv data shots results .mypy_cache .ruff_cache .pytest_cache
