"""Selection of the number of clusters."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VaDEClusterer, VAETransformer
from skvae.model_selection import select_n_clusters
from skvae.model_selection._n_clusters import CRITERIA


@pytest.fixture(scope="module")
def blobs():
    """Return a table with four separate clusters and five columns."""
    return make_blobs(200, n_features=5, centers=4, cluster_std=0.6, random_state=3)[0]


def select(estimator, X, candidates=range(1, 8), **settings):
    return select_n_clusters(estimator, X, candidates, **{"n_resamples": 5, "random_state": 0} | settings)


def curve_of(found, criterion):
    return found.curve[found.curve["criterion"] == criterion].set_index("n_clusters")[["value", "error"]]


@pytest.mark.parametrize(
    "estimator",
    [
        KMeans(n_init=5),
        GaussianMixture(n_init=3),
        AgglomerativeClustering(),
        make_pipeline(StandardScaler(), KMeans(n_init=5)),
    ],
    ids=["KMeans", "GaussianMixture", "Agglomerative", "Pipeline"],
)
def test_each_criterion_finds_four_clusters(estimator, blobs):
    found = select(estimator, blobs)
    assert found.choices["n_clusters"].to_dict() == dict.fromkeys(CRITERIA, 4)
    assert (found.n_clusters, found.agree) == (4, True)
    assert found.low <= 4 <= found.high
    assert (found.choices["low"] <= 4).all()
    assert (found.choices["high"] >= 4).all()


def test_one_cluster_is_found():
    X = np.random.default_rng(0).normal(size=(200, 4))
    found = select(KMeans(n_init=5), X)
    assert found.choices["n_clusters"][["bic", "icl", "gap"]].tolist() == [1, 1, 1]
    assert np.isnan(curve_of(found, "stability").loc[1, "value"])
    assert (found.n_clusters, found.agree) == (1, True)


def test_bic_and_icl_equal_those_of_the_mixture(blobs):
    found = select(GaussianMixture(covariance_type="full"), blobs, [2, 4], criteria=["bic", "icl"])
    mixture = GaussianMixture(4).fit(blobs)
    t = mixture.predict_proba(blobs)
    assert curve_of(found, "bic").loc[4, "value"] == pytest.approx(mixture.bic(blobs), rel=1e-4)
    penalty = curve_of(found, "icl")["value"] - curve_of(found, "bic")["value"]
    assert penalty[4] == pytest.approx(-2 * np.sum(t * np.log(np.maximum(t, 1e-300))), abs=1e-3)
    assert (penalty >= 0).all()
    assert curve_of(found, "bic").loc[4, "error"] == 0


def test_gap_of_one_cluster_equals_its_closed_form(blobs):
    found = select(KMeans(n_init=5), blobs, [1, 4], criteria=["gap"], n_resamples=20)
    centered = blobs - blobs.mean(0)
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    box = np.ptp(centered @ axes.T, axis=0)
    # The expected scatter of one cluster is n times the variance of the box. The variance of a side is length^2 / 12.
    expected = np.log(len(blobs) * np.square(box).sum() / 12) - np.log(np.square(centered).sum())
    assert curve_of(found, "gap").loc[1, "value"] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("scale", [0.01, 100])
def test_result_does_not_depend_on_scale_and_location(scale, blobs):
    first = select(KMeans(n_init=3), blobs, [1, 2, 4, 6])
    other = select(KMeans(n_init=3), blobs * scale + 7, [1, 2, 4, 6])
    pd.testing.assert_frame_equal(first.choices, other.choices)
    for name in ("stability", "gap"):
        assert np.allclose(curve_of(first, name), curve_of(other, name), atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_result_does_not_depend_on_n_jobs(backend, blobs):
    first = select(KMeans(n_init=2), blobs, [2, 4])
    with parallel_config(backend=backend):
        other = select(KMeans(n_init=2), blobs, [2, 4], n_jobs=2)
    pd.testing.assert_frame_equal(first.curve, other.curve)


def test_global_random_state_is_not_changed(blobs):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    select(KMeans(n_init=1), blobs, [2, 3])
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_candidates_are_sorted_and_unique(blobs):
    found = select(KMeans(n_init=1), blobs, [4, 2, 4], criteria=["gap"])
    assert found.curve["n_clusters"].tolist() == [2, 4]
    assert found.choices.index.tolist() == ["gap"]


def test_range_of_criteria_that_disagree():
    X, _ = make_blobs(200, n_features=2, centers=[[0, 0], [0, 5], [60, 0], [60, 5]], random_state=0)
    found = select(KMeans(n_init=5), X, range(2, 8), criteria=["icl", "gap"])
    assert found.choices["n_clusters"].to_dict() == {"icl": 4, "gap": 2}
    assert found.agree == (found.choices["high"]["gap"] >= 4)
    assert found.low <= found.n_clusters <= found.high


def test_transformer_is_fitted_once_per_resample(blobs):
    fits = []

    class CountingPCA(PCA):
        def fit_transform(self, X, y=None):
            fits.append(len(X))
            return super().fit_transform(X)

    select(make_pipeline(CountingPCA(2), KMeans(n_init=1)), pd.DataFrame(blobs), [2, 3, 4])
    assert fits == [200] + 5 * [160]


def test_vade_uses_the_latent_representation_of_its_vae(blobs):
    vade = VaDEClusterer(vae=VAETransformer(2, max_epochs=5), init="kmeans", n_init=1, max_epochs=2)
    found = select(vade, blobs, [2, 4], n_resamples=2)
    assert found.choices.index.tolist() == list(CRITERIA)
    assert np.isfinite(found.curve["value"]).all()


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"candidates": [0, 2]}, "candidates must contain at least one integer"),
        ({"candidates": []}, "candidates must contain at least one integer"),
        ({"candidates": [2.5]}, "candidates must contain at least one integer"),
        ({"candidates": [2, 160]}, "smaller than 80% of the 200 rows, the size of a resample, got 160"),
        ({"criteria": ["aic"]}, "criteria must be a subset of bic, .* got 'aic'"),
        ({"criteria": []}, "criteria must contain at least one"),
        ({"candidates": [1], "criteria": ["stability"]}, "undefined for one cluster"),
        ({"n_resamples": 1}, "n_resamples"),
    ],
)
def test_invalid_parameters_raise_an_error(settings, match, blobs):
    with pytest.raises(ValueError, match=match):
        select(KMeans(), blobs, **settings)


def test_clusterer_without_a_number_of_clusters_raises_an_error(blobs):
    from sklearn.cluster import DBSCAN

    with pytest.raises(ValueError, match="DBSCAN has neither n_clusters nor n_components"):
        select(DBSCAN(), blobs)
