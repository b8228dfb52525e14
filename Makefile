# Needs Python 3.11 to 3.13 and nothing else. Every target installs what it needs first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help install demo test lint bench train up down lock clean

help:                ## show this list
	@sed -n 's/^\([a-z]*\): .*## \(.*\)/make \1\t\2/p' Makefile

install: $(STAMP)    ## make .venv with everything pinned

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "vocbus needs Python 3.11 to 3.13; this is $$($(PYTHON) --version). Point at another: make PYTHON=python3.12 install"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP)       ## run everything once on sample data and prove that nothing was lost
	$(BIN)/vocbus demo

test: $(STAMP)       ## all tests, on real Kafka and Elasticsearch
	$(BIN)/pytest

lint: $(STAMP)       ## style, types, architecture, contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vocbus schemas check

bench: $(STAMP)      ## throughput beside peers; writes build/bench.json
	$(BIN)/python -m tests.bench

train: $(STAMP)      ## rebuild the classifier's weights from the corpora, byte for byte
	$(BIN)/vocbus train

up: $(STAMP)         ## Kafka and Elasticsearch in the background
	$(BIN)/vocbus up --detach

down: $(STAMP)       ## stop them
	$(BIN)/vocbus down

lock: $(STAMP)       ## renew requirements.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra embedded --extra train --extra dev pyproject.toml --output-file requirements.lock

clean:               ## remove what was built
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
