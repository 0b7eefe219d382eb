"""Common tests of all estimators of tables: scikit-learn's checks and additional contracts."""

import inspect
import json
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from instances import TABLE_ESTIMATORS, TRACK_ESTIMATORS
from sklearn.base import BaseEstimator, clone

import skvae

# Three epochs on sixty rows are often too few to improve the initial mixture of VaDE.
pytestmark = pytest.mark.filterwarnings("ignore:Joint training did not improve:UserWarning")


@pytest.fixture(scope="module")
def checks():
    """Results of scikit-learn's checks, by estimator."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("run_checks.py")],
        env=os.environ | {"SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", TABLE_ESTIMATORS)
def test_scikit_learn_checks(checks, name):
    """Every check passes. No check is skipped or expected to fail."""
    assert len(checks[name]) > 40
    assert [(check, error) for check, status, error in checks[name] if status != "passed"] == []


def test_every_public_estimator_has_an_instance():
    public = {value for value in (getattr(skvae, name) for name in skvae.__all__) if inspect.isclass(value)}
    estimators = {value for value in public if issubclass(value, BaseEstimator) and hasattr(value, "fit")}
    assert estimators == {type(instance) for instance in TABLE_ESTIMATORS.values()} | TRACK_ESTIMATORS


def public_estimators():
    """Return all public classes of skvae and its subpackages that have `fit`."""
    modules = [skvae, *filter(inspect.ismodule, (getattr(skvae, name) for name in skvae.__all__))]
    classes = {v for m in modules for v in (getattr(m, name) for name in m.__all__) if inspect.isclass(v)}
    return sorted((v for v in classes if hasattr(v, "fit")), key=lambda value: value.__name__)


@pytest.mark.parametrize("estimator", public_estimators(), ids=lambda value: value.__name__)
def test_public_methods_are_defined_in_the_file_of_the_class(estimator):
    """Base classes of scikit-learn are allowed."""
    bases = [base for base in estimator.__mro__ if base.__module__.startswith("skvae.")]
    own = {name for base in bases if base.__module__ == estimator.__module__ for name in vars(base)}
    elsewhere = {f"{base.__module__}.{name}" for base in bases for name in set(vars(base)) - own if name[0] != "_"}
    assert elsewhere == set()


@pytest.fixture(scope="module")
def table():
    """Table of three groups in six named columns."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 6)) + 4 * np.repeat(rng.normal(size=(3, 6)), 20, axis=0)
    return pd.DataFrame(values, columns=[f"{'audio' if i < 4 else 'lyrics'}__{i}" for i in range(6)])


def output(estimator, X):
    """Return the latent representation of a table, with memberships and labels if there are any."""
    if hasattr(estimator, "predict_proba"):
        return np.c_[estimator.transform(X), estimator.predict_proba(X), estimator.predict(X)]
    return np.asarray(estimator.transform(X))


@pytest.mark.parametrize("name", TABLE_ESTIMATORS)
def test_same_seed_gives_same_result_and_keeps_global_random_state(name, table):
    estimator = clone(TABLE_ESTIMATORS[name])
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=3)
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    first = output(clone(estimator).fit(table), table)
    after = torch.get_rng_state(), np.random.get_state()[1], random.getstate()  # noqa: NPY002
    assert torch.equal(before[0], after[0])
    assert np.array_equal(before[1], after[1])
    assert before[2] == after[2]
    torch.manual_seed(99)  # the result does not depend on the global state
    assert np.array_equal(first, output(clone(estimator).fit(table), table))


@pytest.mark.parametrize("name", TABLE_ESTIMATORS)
def test_pickled_estimator_gives_same_output(name, table):
    estimator = clone(TABLE_ESTIMATORS[name]).fit(table)
    assert np.array_equal(output(estimator, table), output(pickle.loads(pickle.dumps(estimator)), table))


@pytest.mark.parametrize("name", TABLE_ESTIMATORS)
def test_pandas_output_has_row_and_column_names(name, table):
    estimator = clone(TABLE_ESTIMATORS[name]).set_output(transform="pandas").fit(table)
    shuffled = table.sample(frac=1, random_state=0)
    out = estimator.transform(shuffled)
    assert out.index.equals(shuffled.index)
    assert out.columns.tolist() == estimator.get_feature_names_out().tolist()
    assert np.allclose(out.loc[table.index], estimator.transform(table))


@pytest.mark.parametrize("name", TABLE_ESTIMATORS)
def test_reordered_or_missing_columns_raise(name, table):
    estimator = clone(TABLE_ESTIMATORS[name]).fit(table)
    with pytest.raises(ValueError, match="feature names"):
        estimator.transform(table[table.columns[::-1]])
    with pytest.raises(ValueError, match="feature names"):
        estimator.transform(table.iloc[:, :-1])


@pytest.mark.parametrize("name", [name for name in TABLE_ESTIMATORS if not name.startswith("BlockScaler")])
def test_history_is_finite(name, table):
    history = clone(TABLE_ESTIMATORS[name]).fit(table).history_
    assert history
    for row in history:
        assert all(np.isfinite(value) for value in row.values() if not isinstance(value, str))
