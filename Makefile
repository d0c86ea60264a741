# Two commands: `make demo` and `make test`. Each sets up what it needs, in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=
WHAT ?=
# One thread per process: results and timings do not depend on the machine's load.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: demo test check lint types layers unit data evidence docs lock clean

demo: $(VENV)/.run-ready
	$(BIN)/vigie demo $(if $(DATA),--data $(DATA)) -o out/demo

test: lint types layers unit

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev-ready
	$(BIN)/mypy

layers: $(VENV)/.dev-ready
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev-ready
	$(BIN)/pytest -n auto -q --durations=40

# WHAT="fk dprk" runs only those measurements.
evidence: $(VENV)/.dev-ready .venv-peers/.ready
	$(BIN)/python -m benchmarks $(WHAT)

docs: $(VENV)/.dev-ready
	$(BIN)/sphinx-build -W -b html docs docs/_build/html

# New versions of everything, with hashes and without download addresses.
lock: $(VENV)/.python-ready
	$(BIN)/pip install -q uv
	for name in core weather build dev peers nuclear-data; do \
	  $(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 \
	    --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done
	for name in peers-alone nuclear-data-alone; do \
	  $(BIN)/uv pip compile -q --upgrade --no-deps --generate-hashes --universal --python-version 3.11 \
	    --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) .venv-peers out docs/_build

$(VENV)/.python-ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "vigie needs Python 3.11 or newer as '$(PYTHON)'. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

.venv-peers/.ready: requirements/peers.txt requirements/peers-alone.txt | $(VENV)/.python-ready
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install -q --require-hashes -r requirements/peers.txt
	.venv-peers/bin/python -m pip install -q --require-hashes --no-deps -r requirements/peers-alone.txt
	touch $@

$(VENV)/.run-ready: requirements/core.txt requirements/build.txt pyproject.toml | $(VENV)/.python-ready
	$(BIN)/python -m pip install -q --require-hashes -r requirements/core.txt
	$(BIN)/python -m pip install -q --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev-ready: requirements/dev.txt pyproject.toml | $(VENV)/.python-ready
	$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.run-ready
