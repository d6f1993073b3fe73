# Comptoir: `make run` and `make test` need python3 (3.11 or newer) and make; everything else they fetch themselves.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Containers like to set it; without byte code every start compiles all libraries again (5 s of processor each).
unexport PYTHONDONTWRITEBYTECODE
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
# Checks that only read the code need a key, not the installation's key.
READ := SECRET_KEY=only-for-reading-the-code
STEP = @.ci/step
# Only to collect it takes ten seconds of every worker: schemathesis draws its cases then. To load it takes another.
QUICK := -p no:schemathesis --ignore tests/api/test_conformance.py
# To read all the other tests takes ten seconds of every worker, too.
marked = $$(grep -rlE --include='test_*.py' 'mark\.$(1)\b' tests)

.PHONY: help run setup test check fast dear types code databases fmt seed bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

run: setup ## start everything on this machine: http://127.0.0.1:8000
	@exec $(BIN)/python manage.py up

setup: .venv/run.stamp node_modules/.stamp $(CATALOGUES)

# --- what has not changed is not done again ------------------------------------------------------------------------
.venv/bin/python:
	@.ci/venv "$(PYTHON)"

.venv/run.stamp: pyproject.toml | .venv/bin/python
	@.ci/install run

.venv/dev.stamp: pyproject.toml .venv/run.stamp
	@.ci/install dev

node_modules/.stamp: package-lock.json package.json | .venv/run.stamp
	@.ci/browser-code

%.mo: %.po | .venv/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

# --- checks --------------------------------------------------------------------------------------------------------
test: setup .venv/dev.stamp ## lint, types, import contract, all tests (installs what they need)
	$(STEP) "servers and browser for tests" .ci/test-tools
	@$(BIN)/python -m tests.servers $(MAKE) --no-print-directory fast dear

check: setup .venv/dev.stamp ## what CI runs, without the slow tests
	@$(BIN)/python -m tests.servers $(MAKE) --no-print-directory fast

fast:
	@$(MAKE) --no-print-directory -j 2 types code databases
	$(STEP) "tests: fast" $(BIN)/pytest -n 2 --dist worksteal -m "not browser and not chaos and not production and not slow" $(QUICK)

dear:
	$(STEP) "tests: browser" $(BIN)/pytest -n 2 --dist worksteal -m browser $(QUICK) tests/browser $(call marked,browser)
	$(STEP) "tests: slow" $(BIN)/pytest -n 2 --dist worksteal -m "slow and not browser" $(call marked,slow)
	$(STEP) "tests: chaos, production" $(BIN)/pytest -n 2 --dist loadfile -m "(chaos or production) and not browser" $(QUICK) $(call marked,(chaos|production))

types:
	$(STEP) "types" env $(READ) $(BIN)/mypy .

code:
	$(STEP) "lint" $(BIN)/ruff check .
	$(STEP) "format" $(BIN)/ruff format --check .
	$(STEP) "import contract" $(BIN)/lint-imports
	$(STEP) "migrations" env $(READ) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run

databases:
	$(STEP) "databases for tests" $(BIN)/python -m tests.databases

fmt: setup .venv/dev.stamp ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

seed: setup ## (re)load the demo shop
	@exec $(BIN)/python manage.py up --run seed_demo

bench: setup .venv/dev.stamp ## measure; prints one table, writes var/bench.json
	@exec $(BIN)/python -m bench

clean: ## remove what can be made again (not var/)
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
