# Two commands: `make run` to try it, `make test` to check everything. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
DEMO_PORT ?= 8001

.DEFAULT_GOAL := help
.PHONY: help run demo test lint unit cover bench attack clean readme

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

$(VENV)/installed: setup.cfg constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Collector needs Python 3.11 or newer. Say which one: make run PYTHON=python3.12")'
	@echo "Making the environment (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

run: $(VENV)/installed ## try it: example settings, one example venue, http://127.0.0.1:8000
	@echo "Example settings and an example venue, in ./data. They are marked as examples on every first page."
	@$(BIN)/collector init --example
	@exec $(BIN)/collector serve --port $(PORT)

demo: export COLLECTOR_DATA = demo/data
demo: export COLLECTOR_EXPORTS = demo/exports
demo: $(VENV)/installed ## the same with 1,800 invented answers, roll-ups and releases, in ./demo
	@$(BIN)/collector init --example --synthetic
	@$(BIN)/collector demo
	@echo "The demo: http://127.0.0.1:$(DEMO_PORT) (another port: make demo DEMO_PORT=8002)"
	@exec $(BIN)/collector serve --port $(DEMO_PORT)

test: lint unit ## everything: format, lint, types, import contract, unit, property and browser tests

lint: $(VENV)/installed-test ## format, lint, types, import contract
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: $(BIN)/ruff format .'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

unit: $(VENV)/installed-test ## every test; needs Chromium and Noto fonts
	@sh tests/browser/need-chromium.sh
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

cover: $(VENV)/installed-test ## every test but the browser's, with coverage: which lines no test reaches
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not browser" --cov --cov-report=term:skip-covered

bench: $(VENV)/installed-test ## measure speed and size; prints figures beside their baselines
	@$(BIN)/python bench/run.py

WORLDS ?= 2000

attack: $(VENV)/installed-test ## attack the files of 2,000 made-up worlds (WORLDS=...) and of the demo, then the running program
	@$(BIN)/python bench/attack.py --worlds $(WORLDS)
	@folder=$$(mktemp -d); export COLLECTOR_DATA=$$folder/data COLLECTOR_EXPORTS=$$folder/exports; \
	$(BIN)/collector init --example --synthetic && $(BIN)/collector demo && \
	$(BIN)/python bench/attack.py --installation $$folder/data $$folder/exports; status=$$?; rm -r $$folder; exit $$status
	@$(BIN)/python bench/attack.py --shown
	@$(BIN)/python bench/release.py
	@MACHINE_EXAMPLES=2000 $(BIN)/python -m pytest -q --timeout 7200 tests/test_lifetime.py
	@MACHINE_EXAMPLES=200 $(BIN)/python -m pytest -q --timeout 7200 tests/test_kept.py
	@TABLET_SEEDS=20 $(BIN)/python -m pytest -q --timeout 7200 tests/browser/test_tablet_day.py
	@$(BIN)/python bench/breaking.py --kills 200 --fuzz 1000000 --soak 1000000
	@if [ "$$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then $(BIN)/python bench/rehearse.py; else echo 'Left out: the guide in a bare Debian (bench/rehearse.py needs root and debootstrap).'; fi

readme: $(VENV)/installed-test ## write the settings table into the README
	@$(BIN)/python -m tests.readme

clean: ## remove the environment and what tests leave
	rm -rf $(VENV) .coverage* .hypothesis .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
