"""MIG and DCI."""

from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from latentverse.evaluations import disentanglement as latentverse
from scipy.stats import ortho_group

from skvae.metrics import dci_scores, mig_score
from skvae.metrics.latent._dci import disentanglement_and_completeness
from skvae.metrics.latent._mig import factor_information


def songs(n, seed=0):
    """Return independent factors of songs: two categorical and two numeric factors."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "language": rng.choice(["en", "bn"], n),
            "genre": rng.choice(["rock", "jazz", "folk"], n),
            "tempo": rng.normal(120, 20, n),
            "loudness": rng.normal(-20, 5, n),
        }
    )


def perfect_code(factors):
    """Return a latent representation with one unit for each factor and one random unit."""
    noise = np.random.default_rng(1).normal(size=len(factors))
    codes = [pd.factorize(factors[name])[0] for name in ("language", "genre")]
    return np.c_[codes[0], codes[1], factors["tempo"], factors["loudness"], noise].astype(float)


@pytest.fixture(scope="module")
def factors():
    return songs(400)


@pytest.fixture(scope="module")
def perfect(factors):
    return perfect_code(factors)


def counted_mig(Z, factors, n_bins):
    """Compute the MIG from entropies of counted values. pandas computes the bins."""

    def entropy(*columns):
        share = pd.DataFrame(dict(enumerate(columns))).value_counts(normalize=True)
        return -(share * np.log(share)).sum()

    gaps = []
    for name in factors:
        cut = factors[name]
        if cut.dtype.kind == "f":
            cut = pd.qcut(cut, n_bins, labels=False)
        units = [pd.qcut(unit, n_bins, labels=False) if len(set(unit)) > n_bins else unit for unit in Z.T]
        information = sorted(entropy(unit) + entropy(cut) - entropy(unit, cut) for unit in units)
        gaps.append((information[-1] - information[-2]) / entropy(cut))
    return np.mean(gaps)


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 999), n_bins=st.integers(2, 8), mixed=st.booleans())
def test_mig_equals_that_of_counted_bins(seed, n_bins, mixed):
    factors = songs(90, seed)
    Z = perfect_code(factors)
    if mixed:
        Z = Z @ ortho_group.rvs(5, random_state=seed)
    assert mig_score(Z, factors, n_bins=n_bins) == pytest.approx(counted_mig(Z, factors, n_bins), abs=1e-9)


def test_mig_equals_that_of_latentverse(factors, perfect):
    Z = perfect @ ortho_group.rvs(5, random_state=0)
    labels = factors[["language", "genre"]]
    information, _ = factor_information(Z, labels, "auto")
    gaps = mig_score(Z, labels, average=False)
    for name in labels:
        expected = latentverse.compute_mig(information[[name]].to_numpy(), labels[name].to_numpy())
        assert gaps[name] == pytest.approx(expected, abs=1e-5)


def test_mig_of_one_unit_per_factor_and_of_random_units(factors, perfect):
    gaps = mig_score(perfect, factors, average=False)
    assert gaps[["language", "genre"]].min() > 0.97
    assert gaps.min() > 0.9  # binned noise is slightly informative
    noise = np.random.default_rng(2).normal(size=(400, 5))
    assert mig_score(noise, factors) < 0.02
    # equal units have no gap
    assert mig_score(np.c_[perfect, perfect], factors) == pytest.approx(0)


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 999), data=st.data())
def test_mig_is_invariant_to_order_names_and_monotone_changes(seed, data):
    factors = songs(60, seed)
    Z = perfect_code(factors) @ ortho_group.rvs(5, random_state=seed)
    score = mig_score(Z, factors)
    assert 0 <= score <= 1
    assert mig_score(Z[:, data.draw(st.permutations(range(5)))], factors) == pytest.approx(score)
    renamed = factors.replace({"genre": {"rock": "zydeco", "jazz": "anthem"}})
    assert mig_score(np.arctan(Z / 50), renamed) == pytest.approx(score, abs=1e-9)


def test_mig_of_a_manual_example():
    # Unit 0 equals the label. Unit 1 has the information log 2 - (3/4) * H(1/3). The entropy of the label is log 2.
    label = [0, 0, 1, 1]
    half = [0, 1, 1, 1]
    third = -(log(1 / 3) / 3 + 2 * log(2 / 3) / 3)
    expected = (log(2) - (log(2) - 0.75 * third)) / log(2)
    assert mig_score(np.c_[label, half], label) == pytest.approx(expected)
    assert mig_score(np.reshape(label, (-1, 1)), label) == pytest.approx(1)  # a single unit is compared with 0


def test_mig_ignores_missing_rows_and_constant_factors(factors, perfect):
    gaps = mig_score(perfect, factors.assign(country="BD", key=None), average=False)
    assert gaps[["country", "key"]].isna().all()
    assert mig_score(perfect, factors.assign(country="BD")) == pytest.approx(mig_score(perfect, factors))
    assert np.isnan(mig_score(perfect, np.zeros(400)))
    some = factors.copy()
    some.loc[:99, "genre"] = None
    assert mig_score(perfect, some["genre"]) == pytest.approx(mig_score(perfect[100:], factors["genre"][100:]))
    rows = np.r_[np.full((1, 5), np.nan), perfect]
    assert mig_score(rows, pd.concat([factors[:1], factors])) == pytest.approx(mig_score(perfect, factors))


@settings(deadline=None, max_examples=60)
@given(st.tuples(st.integers(2, 6), st.integers(2, 6)), st.integers(0, 9999))
def test_dci_equals_that_of_latentverse(shape, seed):
    importance = np.random.default_rng(seed).exponential(size=shape) ** 3
    importance /= importance.sum(axis=0)
    disentanglement, completeness = disentanglement_and_completeness(importance)
    assert disentanglement == pytest.approx(latentverse.dci_disentanglement_multifactor(importance), abs=1e-6)
    assert completeness == pytest.approx(latentverse.dci_completeness_multifactor(importance), abs=1e-6)


def test_dci_of_a_manual_example():
    # Unit 0 represents both factors (2:1) and has 3/4 of the total importance. Unit 1 represents the second only.
    importance = np.array([[1.0, 0.5], [0.0, 0.5]])
    split = 1 + (2 / 3 * log(2 / 3) + 1 / 3 * log(1 / 3)) / log(2)
    assert disentanglement_and_completeness(importance) == pytest.approx((0.75 * split + 0.25, 0.5))
    assert disentanglement_and_completeness(np.eye(3)) == pytest.approx((1, 1))
    assert disentanglement_and_completeness(np.full((3, 3), 1 / 3)) == pytest.approx((0, 0))
    assert disentanglement_and_completeness(np.zeros((3, 2))) == pytest.approx((0, 0))


def test_dci_of_one_unit_per_factor(factors, perfect):
    scores = dci_scores(perfect, factors, n_estimators=10)
    assert min(scores[:3]) > 0.95
    assert scores.importance.columns.tolist() == factors.columns.tolist()
    assert scores.importance.sum().to_numpy() == pytest.approx(1)
    assert scores.importance.to_numpy().argmax(axis=0).tolist() == [0, 1, 2, 3]


def test_dci_of_random_units_is_near_zero(factors):
    noise = np.random.default_rng(2).normal(size=(400, 4))
    disentanglement, completeness, informativeness, _ = dci_scores(noise, factors, n_estimators=10)
    assert disentanglement < 0.05
    assert completeness < 0.05
    assert informativeness < 0.05


def test_dci_is_invariant_to_order_but_not_to_rotation(factors, perfect):
    first = dci_scores(perfect, factors, n_estimators=10)
    order = [3, 1, 4, 0, 2]
    permuted = dci_scores(perfect[:, order], factors, n_estimators=10)
    assert permuted[:3] == pytest.approx(first[:3], abs=0.02)
    scaled = perfect / perfect.std(axis=0)
    rotated = dci_scores(scaled @ ortho_group.rvs(5, random_state=0), factors, n_estimators=10)
    assert rotated.disentanglement < 0.5  # the factors are distributed over all units
    assert rotated.completeness < 0.5
    assert rotated.informativeness > 0.5


def test_dci_is_nan_if_undefined(factors, perfect):
    single = dci_scores(perfect, factors["genre"], n_estimators=5)
    assert np.isnan(single.disentanglement)
    assert single.completeness == pytest.approx(1)
    unit = dci_scores(perfect[:, :1], factors[["language", "genre"]], n_estimators=5)
    assert np.isnan(unit.completeness)
    nothing = dci_scores(perfect, np.zeros(400), n_estimators=5)
    assert np.isnan(nothing[:3]).all()
    assert nothing.importance.shape == (5, 0)
    collapsed = dci_scores(np.zeros((400, 3)), factors, n_estimators=5)
    assert collapsed[:2] == pytest.approx((0, 0))
    assert collapsed.informativeness == pytest.approx(0, abs=0.05)


def test_dci_supports_rare_labels_and_missing_factors(factors, perfect):
    some = factors.assign(genre=factors["genre"].mask(factors.index == 3, "hapax").mask(factors.index > 300))
    assert dci_scores(perfect, some, n_estimators=5).informativeness > 0.9


@pytest.mark.parametrize("score", [mig_score, dci_scores])
def test_invalid_input_raises(score, perfect):
    with pytest.raises(ValueError, match=r"factors has shape \(5, 1\), but Z has 400 rows"):
        score(perfect, range(5))
    with pytest.raises(ValueError, match="Factor 'tempo' contains infinite values"):
        score(perfect, {"tempo": np.full(400, np.inf)})
    with pytest.raises(ValueError, match="Z contains NaN in some columns of row 1"):
        score([[0.0, 1.0], [np.nan, 1.0]], [0, 1])
