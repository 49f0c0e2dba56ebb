# Every command of the project. `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
TEST_JOBS ?= 2
STOREFRONT_SOURCES := $(shell find web/storefront/src web/packages web/storefront/scripts -type f 2>/dev/null)
STOREFRONT := src/wanpu/static/h5/index.html
CONSOLE_SOURCES := $(shell find web/console/src web/console/public web/console/scripts web/packages -type f 2>/dev/null) web/console/index.html web/console/vite.config.ts
CONSOLE := src/wanpu/static/console/index.html
PICTURES := src/wanpu/static/demo/.drawn

.DEFAULT_GOAL := help

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: install web pictures ## Run the whole mall with demo data; prints addresses and first passwords
	@$(BIN)/wanpu up

test: develop web pictures ## Run every kind of test at everyday size
	cd web/storefront && npm run --silent typecheck && npm run --silent test
	cd web/console && npm run --silent typecheck && npm run --silent test
	$(PYTEST) -n $(TEST_JOBS) --dist loadfile --no-loadscope-reorder -m "not long" --junit-xml build/report.xml tests

test-long: develop web pictures ## Run the tests at full figures as well
	$(PYTEST) -n $(TEST_JOBS) --dist loadfile --no-loadscope-reorder --junit-xml build/report.xml tests

check: develop web-packages ## Format, lint, types, import rules, drift of schema, settings and API client
	$(BIN)/ruff format --check src tests tools bench migrations
	$(BIN)/ruff check src tests tools bench migrations
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_drift.py

format: develop ## Format and mend what can be mended
	$(BIN)/ruff format src tests tools bench migrations
	$(BIN)/ruff check --fix src tests tools bench migrations

generate: develop web-packages ## Write everything that is generated: OpenAPI, API client, settings and error pages
	$(BIN)/python tools/generate.py

requirements: develop ## Say which requirement rows no passed test proves (after `make test`)
	$(BIN)/python tools/requirement_report.py build/report.xml

bench: develop ## Measure the hot paths beside hand-written SQL, as ratios in one run
	$(BIN)/python -m bench

lock: develop ## Pin the newest compatible versions of every dependency
	$(BIN)/python tools/lock_requirements.py

install: .venv/.installed ## Make .venv with what the mall needs
develop: .venv/.developed ## Make .venv with what developers need
web: $(STOREFRONT) $(CONSOLE) ## Build the storefront and the console
pictures: $(PICTURES) ## Draw the demo's pictures
web-packages: web/storefront/node_modules/.installed web/console/node_modules/.installed

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.developed: requirements/dev.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/.installed

web/%/node_modules/.installed: web/%/package-lock.json
	cd web/$* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PICTURES): .venv/.installed $(shell find src/wanpu/demo -name '*.py')
	$(BIN)/python -m wanpu.demo.picture_files
	@touch $@

$(STOREFRONT): web/storefront/node_modules/.installed $(STOREFRONT_SOURCES)
	cd web/storefront && npm run --silent build:h5
	@touch $@

$(CONSOLE): web/console/node_modules/.installed $(CONSOLE_SOURCES)
	cd web/console && npm run --silent build
	@touch $@

.PHONY: help run test test-long check format generate requirements bench lock install develop web pictures web-packages
