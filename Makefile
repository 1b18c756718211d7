# Two commands: `make run` serves Mejora with its sample; `make test` checks everything that this
# machine can check. Nothing else needs to be installed than python3.11+, pip and make.

PYTHON ?= python3
BIN := .venv/bin
# uv reads the system's certificates, as pip does; without it a private CA is not trusted.
export UV_SYSTEM_CERTS := 1

.PHONY: run test bench format lock clean

run: .venv/.stamp
	@$(BIN)/python -m mejora sample --if-empty
	@$(BIN)/python -m mejora up

test: .venv/.stamp
	@$(BIN)/python -m tools.check

bench: .venv/.stamp
	@$(BIN)/python -m benchmarks

format: .venv/.stamp
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mejora necesita Python 3.11 o más nuevo; indique cuál con PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv

# One environment for both commands. uv is quick; pip does the same from the same lock without it.
.venv/.stamp: requirements/dev.txt requirements/uv.txt | $(BIN)/python
	@echo "Instalando lo necesario en .venv ..."
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt || true
	@if [ -x $(BIN)/uv ] && $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements/dev.txt; then :; \
	 else $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt; fi
	@touch $@

LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --only-binary :all:
lock: | $(BIN)/python
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@for name in base dev uv; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt; done

clean:
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
