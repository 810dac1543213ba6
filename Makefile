# What one does with this project. "make" alone lists it.
#
# Everything below needs Linux, Python 3.11 or newer and make; the rest is fetched, with its hashes
# checked, into virtual environments inside this folder.

PYTHON ?= python3

# A user's own settings for Python must not leak into the environments.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH VIRTUAL_ENV

RUN_ENV := .venv-run
DEV_ENV := .venv
LOCK_ENV := .venv-lock
PEERS_ENV := .venv-peers

BIN := $(DEV_ENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-peers docs lock clean run-env dev-env peers-env

help: ## List what can be done
	@echo "make run     two laboratory links as a table, and the report out/report.html"
	@echo "make test    run all tests, the slow ones too, but for the commands in the documentation"
	@echo "make check   style, types, floors of the house, documentation and its commands"
	@echo "make bench   measure speed and print the distance to the goals"
	@echo "make bench-peers"
	@echo "             the same work by bellpush, QuTiP and dynamiqs, side by side; takes some minutes"
	@echo "make docs    build the documentation into docs/_build/html"
	@echo "make lock    solve the lock files anew; LOCK_OPTIONS=--upgrade takes newer versions"
	@echo "make clean   remove everything that make has made"
	@echo
	@echo "Another Python: make PYTHON=python3.12 test"

# --- what users call -------------------------------------------------------------------------------

run: run-env
	@$(RUN_ENV)/bin/bellpush run humphreys-2018 kurpiers-2018 --out out

# One thread a product: matrices here are small, and threads that wait for each other cost more than they bring. Two
# processes, each with whole files; the pages' own commands are left to `make check`.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

test: dev-env
	@$(PYTEST) --ignore tests/docs

check: dev-env
	@echo "== ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy" && $(BIN)/mypy
	@echo "== import-linter" && $(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory docs
	@echo "== commands in the documentation" && $(PYTEST) -q --dist load tests/docs

bench: dev-env
	@$(BIN)/python -m compileall -q src/bellpush
	@$(BIN)/python bench/run.py

bench-peers: peers-env
	@$(PEERS_ENV)/bin/python -m compileall -q src/bellpush
	@PYTHONPATH=bench $(PEERS_ENV)/bin/python -m peers.run $(BENCH_OPTIONS)

docs: dev-env
	@echo "== sphinx"
	@$(BIN)/python -m sphinx -q -W --keep-going docs docs/_build/html
	@echo "docs/_build/html/index.html"

# --- upkeep ----------------------------------------------------------------------------------------

lock:
	@rm -rf $(LOCK_ENV)
	@$(PYTHON) -m venv $(LOCK_ENV)
	@$(LOCK_ENV)/bin/python -m pip --disable-pip-version-check install -qq --only-binary :all: "uv>=0.9"
	@tools/lock.sh $(LOCK_ENV)/bin/uv $(LOCK_OPTIONS)

clean:
	rm -rf $(RUN_ENV) $(DEV_ENV) $(LOCK_ENV) $(PEERS_ENV) docs/_build out dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments ----------------------------------------------------------------------------------

run-env:
	@tools/environment.sh $(PYTHON) $(RUN_ENV) requirements/run.lock

dev-env:
	@tools/environment.sh $(PYTHON) $(DEV_ENV) requirements/dev.lock

peers-env:
	@tools/environment.sh $(PYTHON) $(PEERS_ENV) requirements/peers.lock
