"""Significance tests and confidence intervals, compared with SciPy and with enumeration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, wilcoxon

from skvae.experiments.summary._significance import holm, paired_test, seeds_needed


@settings(deadline=None, max_examples=25)
@given(differences=st.lists(st.integers(-8, 8), min_size=2, max_size=10))
def test_the_paired_test_is_the_exact_sign_flip_test(differences):
    """The reference enumerates all signs of the ranks."""
    d = np.array([x for x in differences if x], dtype=float)
    if not len(d) or not np.ptp(differences):
        return
    ranks = rankdata(np.abs(d))
    signs = np.array(np.meshgrid(*[[0, 1]] * len(d))).reshape(len(d), -1)
    null, found = ranks @ signs, ranks @ (d > 0)
    p = 2 * min((null <= found).mean(), (null >= found).mean())
    assert paired_test(differences, np.zeros(len(differences))) == pytest.approx(min(p, 1))


def test_five_seeds_show_no_difference_but_six_do():
    assert paired_test(np.arange(5) + 1, np.zeros(5)) == 0.0625
    assert paired_test(np.arange(6) + 1, np.zeros(6)) == 0.03125
    for m in (1, 2, 7, 100):
        n = seeds_needed(m)
        assert 2.0 ** (1 - n) * m <= 0.05 < 2.0 ** (2 - n) * m
    with pytest.raises(ValueError, match="n_comparisons=0"):
        seeds_needed(0)


def test_holm_adjusts_known_p_values():
    p = np.array([0.001, 0.02, 0.04, 0.5])
    np.testing.assert_allclose(holm(p), [0.004, 0.06, 0.08, 0.5])
    np.testing.assert_allclose(holm(p[::-1]), [0.5, 0.08, 0.06, 0.004])
    assert holm([]).size == 0


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(-99, 99).filter(bool), min_size=2, max_size=30, unique_by=abs))
def test_the_paired_test_equals_scipy_without_ties(differences):
    assert paired_test(differences, np.zeros(len(differences))) == pytest.approx(wilcoxon(differences).pvalue)
