# Everything sets itself up: a fresh clone needs Python 3.11, make and git.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_CONSTRAINT := $(CURDIR)/.ci/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install build check test lint type format golden unit wire generated-tests mutants hostile soak demo docs bench corpus corpus-large schema clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(READY): pyproject.toml .ci/constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[cli,testing,dev]'
	touch $@

install: $(READY)  ## make the virtual environment

build: $(READY)  ## write the edge of specs/ into generated/
	$(BIN)/proxygen build specs/

check: $(READY)  ## fail where generated/ is not what specs/ says
	$(BIN)/proxygen check specs/ --full

lint: $(READY)  ## ruff, on everything
	$(BIN)/ruff check
	$(BIN)/ruff format --check

type: $(READY)  ## mypy --strict, on everything
	$(BIN)/mypy src/proxygen generated tests benchmarks

format: $(READY)  ## let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

unit: $(READY)
	$(BIN)/pytest -q -n 2 tests/unit tests/cases

generated-tests: $(READY)  ## the tests that proxygen wrote for the five services
	$(BIN)/pytest -q -n 2 generated/tests

wire: $(READY)  ## the served edge, over sockets
	$(BIN)/pytest -q tests/wire

golden: $(READY)  ## rewrite the expectations of tests/cases; review the diff as code
	$(BIN)/pytest -q tests/cases tests/unit/config/test_published_schema.py tests/unit/upgrade tests/docs --golden

test: $(READY)  ## all of it: lint, types, drift, unit, golden, generated, wire, a sample of mutants
	$(MAKE) lint
	$(MAKE) type
	$(MAKE) check
	$(BIN)/pytest -q -n 2

bench: $(READY)  ## measure the served edge beside its peers, resumable; writes docs/performance.md
	$(BIN)/python -m benchmarks.edge $(BENCH)

corpus: $(READY)  ## build 2,639 public documents, resumable (hours); writes docs/corpus.md
	$(BIN)/python -m benchmarks.corpus

corpus-large: $(READY)  ## Stripe, GitHub, Kubernetes, EC2, DigitalOcean, Box and Graph with all their tests
	$(BIN)/python -m benchmarks.corpus.large

mutants: $(READY)  ## break every rule on purpose; each break must be caught
	$(BIN)/python -m tests.mutants

hostile: $(READY)  ## 50,000 documents with hostile text in every slot; goes on where it was stopped
	$(BIN)/python -m tests.cases.hostile.long_run

soak: $(READY)  ## the long runs, resumable (an hour); writes docs/reliability.md
	$(BIN)/python -m tests.soak

demo: $(READY)  ## serve generated/ on the loopback before stubs of its downstreams
	$(BIN)/python -m proxygen.testing.demo generated

docs: $(READY)  ## build the site of the documentation into build/docs; any warning fails
	$(BIN)/python -m pip install --quiet --editable '.[cli,testing,dev,docs]'
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --fresh-env docs build/docs

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
