# Everything a person does here. "make" lists it.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
T ?= tests

.DEFAULT_GOAL := help
.PHONY: help setup run check fast-check test fix bench strings migration clean

help: ## List what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Say: make PY=/path/to/python3.11"; exit 1; }
	$(PY) -m venv $(VENV)

$(RUN_STAMP): requirements/run.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(DEV_STAMP): requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP)

setup: $(DEV_STAMP) ## Install everything for working on it

run: $(RUN_STAMP) ## Start the service with sample data and print its address
	$(BIN)/python -m grievance.cli demo --folder instance/demo

check: $(DEV_STAMP) fast-check test ## Everything CI checks

fast-check: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy grievance
	$(BIN)/python tests/support/check_catalogs.py
	$(BIN)/python tests/support/check_migrations.py

test: $(DEV_STAMP) ## Run the tests on SQLite and PostgreSQL, with a browser; one part: make test T=tests/rules
	$(BIN)/python tests/support/find_browser.py
	GRIEVANCE_TEST_DATABASE_URL=$${GRIEVANCE_TEST_DATABASE_URL:-start} $(BIN)/python -m pytest -n 2 -q $(T)

fix: $(DEV_STAMP) ## Put the code into its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_STAMP) ## Measure speed and memory; figures also in build/bench.json
	$(BIN)/python -m bench.run

strings: $(DEV_STAMP) ## Take new sentences into every catalog
	$(BIN)/python tests/support/check_catalogs.py --update

migration: $(DEV_STAMP) ## Write a migration: make migration M="What it does"
	$(BIN)/python tests/support/check_migrations.py --new "$(M)"

clean: ## Forget what was installed and built here
	rm -rf $(VENV) build instance .mypy_cache .ruff_cache .pytest_cache
