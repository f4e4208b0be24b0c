# Everything here needs only sh, python3 (3.11 or newer) and the Python package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA ?= var/demo
PYTEST_ARGS ?= --numprocesses 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench lock format messages screenshot clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: $(BIN)/.installed ## install the locked dependencies into .venv

$(BIN)/.installed: requirements/dev.txt requirements/uv.txt pyproject.toml
	@sh requirements/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@

demo: setup ## a living hospital on this machine: http://127.0.0.1:8000
	@$(BIN)/ehospital demo --port $(PORT) --data $(DATA)

test: setup ## every test, on real engines and a real browser
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: setup ## style, types, floors, templates, migrations, translations
	@$(BIN)/python -m tests.house.check

bench: setup ## the measured bars: a table, and var/bench.json
	@$(BIN)/ehospital bench all --out var/bench.json

lock: setup ## solve the dependencies anew
	@sh requirements/lock.sh "$(BIN)/uv"

format: setup ## tidy the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

messages: setup ## collect the strings to translate
	@$(BIN)/python -m tests.house.messages --write

screenshot: setup ## make docs/images anew from a running demo
	@$(BIN)/python -m tests.browser.screenshot --data $(DATA)

clean: ## remove what was built (never the data)
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
