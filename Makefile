# Needs python3 (3.11 or later) and make; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-from-lock
FAST := not kafka and not browser and not slow

.DEFAULT_GOAL := help
.PHONY: help install demo test fast check audit docs pictures bench lock compile plain clean

help: ## List what can be made.
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Create .venv from the lock file.

demo: $(STAMP) ## Show a helpdesk's KPIs moving, on a real Kafka, in the browser.
	@$(BIN)/deskpulse demo

test: $(STAMP) ## Run every test, on a real Kafka.
	@$(BIN)/python -m pytest

fast: $(STAMP) ## Run the tests that need neither Kafka nor a browser.
	@$(BIN)/python -m pytest -m "$(FAST)"

check: $(STAMP) ## Check format, lint, types, arrows and generated files; run the fast tests.
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -m "$(FAST)"

audit: $(STAMP) ## Look for published weaknesses of what the lock file pins.
	@$(BIN)/python -m tests.house.audit

docs: $(STAMP) ## Write docs/reference anew from the code.
	@$(BIN)/deskpulse schema --directory docs/reference/schemas
	@$(BIN)/python -m streams.commands.reference docs/reference

pictures: $(STAMP) ## Draw the pictures of docs/dashboards.md anew, from a real Prometheus.
	@$(BIN)/python -m tests.pictures

bench: $(STAMP) ## Measure events a CPU-second, memory and recovery, on a real Kafka.
	@$(BIN)/python -m bench

# The index and its address are the machine's business: neither is written down.
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --allow-unsafe

lock: $(STAMP) ## Write the lock files anew after a change of dependencies.
	@$(LOCK) --extra demo --extra dev --output-file requirements.lock pyproject.toml
	@$(LOCK) --constraint requirements.lock --output-file requirements-runtime.lock pyproject.toml

compile: $(STAMP) plain ## Compile the hot modules with mypyc, to run faster. Again after each change.
	@DESKPULSE_COMPILE=1 $(BIN)/python setup.py --quiet build_ext --inplace

plain: ## Go back to plain Python.
	@find agents schemas streams -name '*.so' -delete
	@rm -rf build *__mypyc*.so

clean: plain ## Remove .venv, caches and compiled modules.
	rm -rf $(VENV) dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find agents schemas streams tests -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml setup.py
	@command -v $(PYTHON) >/dev/null || { echo "Deskpulse needs Python 3.11 or later; $(PYTHON) is not installed." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Deskpulse needs Python 3.11 or later; this is $$($(PYTHON) --version)." >&2; \
		echo "Name a newer one: make PYTHON=python3.12" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "Python cannot create a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) from requirements.lock"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation -e .
	@touch $@
