"""Search for nearest rows."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.report.model import _neighbors
from skvae.report.model._neighbors import nearest_rows


@given(seed=st.integers(0, 1000), n=st.integers(2, 12))
@settings(deadline=None, max_examples=20)
def test_nearest_rows_agree_with_the_distance_matrix(seed, n):
    Z = np.random.default_rng(seed).standard_normal((n, 2))
    nearest = nearest_rows(Z)
    distance = np.linalg.norm(Z[:, None] - Z, axis=2)
    np.fill_diagonal(distance, np.inf)
    np.testing.assert_array_equal(nearest, np.argsort(distance, axis=1)[:, : min(3, n - 1)])


def test_nearest_rows_of_identical_rows_do_not_contain_the_row_itself():
    nearest = nearest_rows(np.zeros((8, 2)))
    assert nearest.shape == (8, 3)
    assert not (nearest == np.arange(8)[:, None]).any()


def test_large_tables_are_subsampled(monkeypatch):
    monkeypatch.setattr(_neighbors, "SAMPLE_NEIGHBORS", 10)
    Z = np.random.default_rng(0).standard_normal((50, 2))
    nearest = nearest_rows(Z, random_state=0)
    assert len(np.unique(nearest)) <= 10
    assert not (nearest == np.arange(50)[:, None]).any()
