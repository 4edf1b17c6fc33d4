# Everything a person needs: run, test, lint, bench. Nothing but Python 3.11+, git and make is assumed.

SHELL := /bin/sh
unexport PYTHONDONTWRITEBYTECODE # compile once, not in each of many processes
BIN := .venv/bin
# The first Python that runs and is new enough; 3.12 and 3.11 first, for which there is a Redis wheel.
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help run test test-fast drill fuzz quality lint format bench screenshots clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: .venv/ready ## Start everything in the foreground, with a sample merchant
	@$(BIN)/python -m campaigns.develop

SIDE_BY_SIDE := -n 4 --dist worksteal # more than cores: half of a journey is waiting

test: .venv/ready-for-tests ## Run all tests, on SQLite and PostgreSQL
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not drill and not fuzz"

test-fast: .venv/ready-for-tests ## Run the tests that need no browser
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not drill and not fuzz and not browser"

# DRILL="--letters 10000 --kills 50" is the long version; DRILL="--only kills --database sqlite" a short one.
drill: .venv/ready-for-tests ## Break everything around the sender, and count every letter at the server
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m drill --ignore tests/quality
	@$(BIN)/python -W "ignore:XDG_RUNTIME_DIR is not set" -m tests.drill $(DRILL)

quality: .venv/ready-for-tests ## Let other people's tools judge every letter: MJML, HTML, axe, SpamAssassin, postfix
	@$(BIN)/python -m tests.quality.install
	@$(BIN)/python -m pytest -m drill -rs tests/quality

fuzz: .venv/ready-for-tests ## Write a hundred thousand letters of made-up names, and look for one that breaks
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m fuzz

lint: .venv/ready-for-tests ## Check style, types and the floor plan
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: .venv/ready-for-tests ## Put the code into its one format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: .venv/ready-for-tests ## Print speeds and ratios, measured in one run
	@$(BIN)/python -m tests.bench

screenshots: .venv/ready-for-tests ## Make the pictures of the README anew
	@$(BIN)/python -m tests.screenshots docs/pictures

clean: ## Take away what was installed; the data in instance/ stays
	rm -rf .venv

# One sentence for whatever is missing; what pip has to say is kept beside.
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
NO_PYTHON := askwell: Python 3.11 or newer is needed; this machine has none, or PYTHON names an older one.
NO_VENV := askwell: the virtual environment could not be made; on Debian, apt-get install python3-venv.
NO_PACKAGES := askwell: the packages could not be downloaded; is there a network? Details are in .venv/install.log.
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'

.venv/ready: requirements.txt
	@test -n "$(PYTHON)" && $(PYTHON) $(NEW_ENOUGH) 2>/dev/null || { echo "$(NO_PYTHON)" >&2; exit 1; }
	@$(BIN)/python $(NEW_ENOUGH) 2>/dev/null || $(PYTHON) -m venv --clear .venv || { echo "$(NO_VENV)" >&2; exit 1; }
	@echo "Installing packages, once …"
	@$(PIP) -r requirements.txt >.venv/install.log 2>&1 || { echo "$(NO_PACKAGES)" >&2; exit 1; }
	@touch $@

.venv/ready-for-tests: .venv/ready tests/requirements.txt
	@$(PIP) -r tests/requirements.txt >.venv/install.log 2>&1 || { echo "$(NO_PACKAGES)" >&2; exit 1; }
	@touch $@
