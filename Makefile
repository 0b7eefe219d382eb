# Every target first creates or updates the environment in .venv.
#   make demo       cluster the generated library into demo/
#   make test       run the fast tests
#   make test-slow  run the slow tests, which CI also runs

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet -c constraints.txt

# Two OpenMP pools with spinning threads make small fits many times slower.
export OMP_WAIT_POLICY := PASSIVE

.PHONY: demo test test-slow stress lint docs bench gallery clean

demo: .venv/runtime.stamp
	$(BIN)/skvae demo --out demo

# xdist may wait forever for a worker that replaces a crashed one, so crashed workers are not replaced.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --max-worker-restart 0

test: .venv/dev.stamp
	$(PYTEST) --dist worksteal -m "not slow and not stress and not gpu"

test-slow: .venv/dev.stamp
	$(PYTEST) --dist loadfile -m "slow and not stress and not gpu"

stress: .venv/dev.stamp
	$(BIN)/python -m pytest -m stress --timeout=7200

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/lint-imports
	$(BIN)/python .ci/prose.py skvae examples benchmarks tests docs README.md CONTRIBUTING.md CHANGELOG.md

docs: .venv/dev.stamp
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

gallery: .venv/dev.stamp
	SKVAE_QUICK=1 $(BIN)/python .ci/gallery.py

bench: .venv/dev.stamp
	set -e; for script in benchmarks/bench_*.py; do echo "$$script"; $(BIN)/python "$$script"; done

clean:
	rm -rf .venv build dist demo docs/_build docs/auto_examples docs/generated docs/sg_execution_times.rst
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# PyTorch is installed first, so that no other package installs a different build of it.
.venv/runtime.stamp: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) torch
	$(INSTALL) --editable ".[demo]"
	touch $@

# musicnn contains the weights of a model. Its dependencies (an old NumPy and TensorFlow) are not needed.
.venv/dev.stamp: .venv/runtime.stamp
	$(INSTALL) --editable ".[bench,dev,docs,report]"
	$(INSTALL) --no-deps musicnn==0.1.0
	touch $@
