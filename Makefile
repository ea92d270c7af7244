# E2A: what a developer does every day. `make` lists the targets.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# PyTorch's CPU wheels: the default index would draw several GB of CUDA packages.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH ?= torch==2.13.0
PIP := $(BIN)/python -m pip install --disable-pip-version-check
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench eval soak lock replay alert install install-dev clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV) >&2

$(VENV)/.torch: | $(BIN)/python
	@echo "1/3 torch, CPU build (about 200 MB)" >&2
	@$(PIP) --no-deps --extra-index-url $(TORCH_INDEX) $(TORCH) >&2
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml $(VENV)/.torch
	@echo "2/3 packages from requirements.lock" >&2
	@$(PIP) --no-deps --require-hashes -r requirements.lock >&2
	@echo "3/3 e2a itself" >&2
	@$(PIP) --no-deps -e . >&2
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "test tools from requirements-dev.lock" >&2
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock >&2
	@touch $@

install: $(VENV)/.run ## what running needs, into .venv
install-dev: $(VENV)/.dev ## what testing needs, into .venv

demo: $(VENV)/.run ## the bot, a local workspace in the browser and a simulated warehouse; ARGS="--seed 7 --for 90 --json"
	@$(BIN)/e2a demo $(ARGS)

test: $(VENV)/.dev ## the test suite
	$(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

fix: $(VENV)/.dev ## format, and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## the figures of docs/figures.md, each beside its baseline
	$(BIN)/python -m bench.ingest $(ARGS)
	$(BIN)/python -m bench.sla
	$(BIN)/python -m bench.sweep --running 200000 --due 20000
	$(BIN)/python -m bench.load --seconds 60
	$(BIN)/python -m bench.bulk --lines 50000
	$(BIN)/python -m bench.slack
	$(BIN)/python -m bench.recovery
	$(BIN)/python -m bench.rag
	$(BIN)/python -m bench.billing --orders 20000 --history 20000

eval: $(VENV)/.dev ## how right answers are, held against the bars; ARGS="--by-words" without the embedding model
	$(BIN)/python -m bench.ask $(ARGS)

soak: $(VENV)/.dev ## the long forms of the fault tests, about 40 minutes; says what ran, how long, what was skipped
	E2A_TEST_SOAK=1 $(BIN)/python -m pytest -m soak -vv -rs --durations=0 --durations-min=1 $(ARGS)

lock: $(VENV)/.dev ## pins every package but torch, with hashes, and without what CUDA would draw
	$(BIN)/pip-compile -q $(LOCKFLAGS) -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q $(LOCKFLAGS) --extra dev -o requirements-dev.lock pyproject.toml
	for file in requirements.lock requirements-dev.lock; do \
		awk '/^[a-zA-Z0-9]/ {drop = $$0 ~ /^(nvidia-|cuda-|triton==)/} !drop' $$file > $$file.new && \
		mv $$file.new $$file; done
LOCKFLAGS := --generate-hashes --strip-extras --unsafe-package torch --unsafe-package pip \
	--unsafe-package setuptools --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

replay: $(VENV)/.run ## signs and posts a captured payload: F=payload.json ARGS="--to URL --secret S"
	@$(BIN)/e2a post "$(F)" $(ARGS)

alert: $(VENV)/.run ## prints the blocks of an order's alerts: O=SO-1001
	@$(BIN)/e2a alert "$(O)" $(ARGS)

clean: ## removes what was built, keeps data
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
