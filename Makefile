# Every target makes the environment that it needs; a second call finds it ready.
#   make demo     set up, then cluster the built-in library into demo/
#   make test     set up, then run the tests

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet -c constraints.txt

# Two OpenMP pools that spin beside each other make small fits many times slower.
export OMP_WAIT_POLICY := PASSIVE

.PHONY: demo test stress lint docs bench gallery clean

demo: .venv/runtime.stamp
	$(BIN)/skvae demo --out demo

test: .venv/dev.stamp
	# xdist may wait for ever for a worker that stands in for one that crashed: none does
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not stress" -n auto --dist loadfile --max-worker-restart 0

stress: .venv/dev.stamp
	$(BIN)/python -m pytest -m "slow or stress" --timeout=7200

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/lint-imports

docs: .venv/dev.stamp
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

gallery: .venv/dev.stamp
	SKVAE_QUICK=1 $(BIN)/python .ci/gallery.py

bench: .venv/dev.stamp
	set -e; for script in benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python "$$script"; done

clean:
	rm -rf .venv build dist demo docs/_build docs/auto_examples docs/generated docs/sg_execution_times.rst
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# torch comes first and alone, so that no other package draws a different build of it.
.venv/runtime.stamp: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) torch
	$(INSTALL) --editable ".[demo]"
	touch $@

.venv/dev.stamp: .venv/runtime.stamp
	$(INSTALL) --editable ".[bench,dev,docs,report]"
	touch $@
