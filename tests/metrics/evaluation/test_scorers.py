"""Scorers for model selection."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin, clone
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import (
    adjusted_mutual_info_score,
    silhouette_score,
)
from sklearn.metrics import get_scorer_names as sklearn_names
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae.metrics import (
    METRICS,
    get_scorer,
    get_scorer_names,
    purity_score,
)

WITH_LABELS = [name for name, metric in METRICS.items() if metric.needs_labels]
SEARCH_NAMES = [*WITH_LABELS, "elbo", "silhouette_latent"]


class FakeVAE(TransformerMixin, BaseEstimator):
    """Replacement for a VAE: scales the columns, keeps some of them, and scores rows by their norm."""

    def __init__(self, latent_dim=1):
        self.latent_dim = latent_dim

    def fit(self, X, y=None):
        self.mean_, self.scale_ = np.nanmean(X, axis=0), np.nanstd(X, axis=0)
        return self

    def scaled_input(self, X):
        return (X - self.mean_) / self.scale_

    def transform(self, X):
        return np.nan_to_num(self.scaled_input(X)[:, : self.latent_dim])

    def score_samples(self, X):
        return -np.square(self.scaled_input(X)).sum(axis=1)


class FakeVaDE(ClusterMixin, FakeVAE):
    """Replacement for VaDE: clusters its latent space."""

    def fit(self, X, y=None):
        super().fit(X)
        self.clusterer_ = KMeans(3, n_init=3, random_state=0).fit(self.transform(X))
        return self

    def predict(self, X):
        return self.clusterer_.predict(self.transform(X))


class Constant(ClusterMixin, BaseEstimator):
    """Assign all rows to one cluster."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs(90, n_features=4, centers=3, cluster_std=2.0, random_state=3)
    return X * [1, 10, 1, 1] + 5, np.array(["rock", "jazz", "folk"])[y]


def make_kmeans():
    return KMeans(3, n_init=3, random_state=0)


def test_names_and_unknown_names():
    assert get_scorer_names() == sorted([*WITH_LABELS, "elbo", "silhouette", "silhouette_latent"])
    with pytest.raises(
        ValueError, match=r"Unknown scorer 'sillhouette'. Did you mean 'silhouette'\? Available scorers: accuracy"
    ):
        get_scorer("sillhouette")
    with pytest.raises(ValueError, match=r"Unknown scorer 3. Available scorers:"):
        get_scorer(3)


def test_registry_of_scikit_learn_is_unchanged():
    before = sklearn_names()
    for name in get_scorer_names():
        get_scorer(name)
    assert sklearn_names() == before
    assert not {"nmi", "elbo", "purity"} & set(before)


@pytest.mark.parametrize("name", get_scorer_names())
def test_pickled_scorer_returns_the_same_value(name, blobs):
    X, y = blobs
    model = make_pipeline(StandardScaler(), FakeVAE(2), make_kmeans()).fit(X)
    scorer = get_scorer(name)
    value = pickle.loads(pickle.dumps(scorer))(model, X, y)
    assert isinstance(value, float)
    assert value == scorer(model, X, y)


@pytest.mark.parametrize("name", WITH_LABELS)
def test_label_scorers_predict_the_given_rows(name, blobs):
    X, y = blobs
    model = make_pipeline(StandardScaler(), PCA(2), make_kmeans()).fit(X[:60])
    order = np.random.default_rng(0).permutation(60)
    assert get_scorer(name)(model, X[60:], y[60:]) > 0.5
    # The training rows in another order. A scorer that used labels_ would be at the chance level.
    assert get_scorer(name)(model, X[order], y[order]) == pytest.approx(get_scorer(name)(model, X[:60], y[:60]))


def test_label_scorers_equal_their_metric(blobs):
    X, y = blobs
    model = make_kmeans().fit(X)
    assert get_scorer("purity")(model, X, y) == purity_score(y, model.labels_)
    assert get_scorer("ami")(model, X, y) == pytest.approx(adjusted_mutual_info_score(y, model.labels_))


@pytest.mark.parametrize("name", WITH_LABELS)
def test_label_scorers_require_true_labels(name, blobs):
    X, y = blobs
    model = make_kmeans().fit(X)
    with pytest.raises(ValueError, match=f"{name}.*requires true labels"):
        get_scorer(name)(model, X)
    with pytest.raises(ValueError, match="labels_true is missing in 1 of 90 rows"):
        get_scorer(name)(model, X, [None, *y[1:]])


@pytest.mark.parametrize("name", sorted({*get_scorer_names()} - {"elbo"}))
def test_clusterer_without_predict_raises(name, blobs):
    X, y = blobs
    model = make_pipeline(StandardScaler(), AgglomerativeClustering(3)).fit(X)
    with pytest.raises(
        TypeError, match=f"'{name}' scorer requires .* a predict method, but AgglomerativeClustering has none"
    ):
        get_scorer(name)(model, X, y)


@pytest.mark.parametrize("last", [make_kmeans(), AgglomerativeClustering(3)], ids=lambda last: type(last).__name__)
def test_elbo_is_that_of_the_last_step_with_score_samples(last, blobs):
    X, _ = blobs
    model = make_pipeline(StandardScaler(), "passthrough", PCA(3), FakeVAE(2), last).fit(X)
    expected = model["fakevae"].score_samples(model[:-2].transform(X)).mean()
    assert get_scorer("elbo")(model, X) == pytest.approx(expected)


def test_elbo_of_mixtures_missing_rows_and_models_without_it(blobs):
    X, _ = blobs
    assert get_scorer("elbo")(GaussianMixture(3, random_state=0).fit(X), X) < 0
    vae = FakeVAE().fit(X)
    gaps = np.vstack([X, np.full((2, 4), np.nan)])
    assert get_scorer("elbo")(vae, gaps) == pytest.approx(vae.score_samples(X).mean())
    with pytest.raises(ValueError, match="returned NaN for every row"):
        get_scorer("elbo")(vae, gaps[-2:])
    with pytest.raises(
        TypeError, match=r"requires a step with a score_samples method, .*Steps: StandardScaler, KMeans"
    ):
        get_scorer("elbo")(make_pipeline(StandardScaler(), make_kmeans()).fit(X), X)


def test_silhouette_is_measured_in_the_scaled_input_of_the_vae(blobs):
    X, _ = blobs
    tables = []
    for latent_dim in (1, 4):
        model = make_pipeline(FunctionTransformer(np.negative), make_pipeline(FakeVAE(latent_dim), make_kmeans())).fit(
            X
        )
        expected = silhouette_score(StandardScaler().fit_transform(X), model.predict(X))
        assert get_scorer("silhouette")(model, X) == pytest.approx(expected)
        latent = StandardScaler().fit_transform(-X)[:, :latent_dim]
        expected = silhouette_score(latent, model.predict(X))
        assert get_scorer("silhouette_latent")(model, X) == pytest.approx(expected)
        tables.append(get_scorer("silhouette_latent")(model, X) - get_scorer("silhouette")(model, X))
    assert tables[0] > 0.05  # one of four columns has a better silhouette
    assert tables[1] == pytest.approx(0)


def test_silhouette_of_a_vae_that_assigns_clusters(blobs):
    X, _ = blobs
    model = make_pipeline(StandardScaler(), FakeVaDE(2)).fit(X)
    scaled = StandardScaler().fit_transform(X)
    labels = model.predict(X)
    assert get_scorer("silhouette")(model, X) == pytest.approx(silhouette_score(scaled, labels))
    assert get_scorer("silhouette_latent")(model, X) == pytest.approx(silhouette_score(scaled[:, :2], labels))


def test_silhouette_supports_a_missing_modality(blobs):
    X, _ = blobs
    gaps = X.copy()
    gaps[::3, 2:] = np.nan
    model = make_pipeline(FakeVAE(2), make_kmeans()).fit(gaps)
    full = get_scorer("silhouette")(model, X)
    assert get_scorer("silhouette")(model, gaps) == pytest.approx(full, abs=0.1)


def test_silhouette_without_a_vae_raises(blobs):
    X, _ = blobs
    with pytest.raises(TypeError, match="'silhouette' scorer requires a step with a scaled_input method"):
        get_scorer("silhouette")(make_pipeline(StandardScaler(), make_kmeans()).fit(X), X)
    assert get_scorer("silhouette_latent")(make_kmeans().fit(X), X) > 0


def test_single_cluster_has_the_worst_silhouette(blobs):
    X, _ = blobs
    model = make_pipeline(FakeVAE(), Constant()).fit(X)
    assert get_scorer("silhouette")(model, X) == -1
    assert get_scorer("silhouette_latent")(model, X) == -1


def test_docstring_of_the_latent_silhouette_warns_against_model_selection():
    assert "must not be used to choose" in get_scorer("silhouette_latent").__doc__


@pytest.mark.slow
def test_search_with_several_scorers_in_two_processes(blobs):
    X, y = blobs
    order = np.random.default_rng(0).permutation(len(X))
    search = GridSearchCV(
        make_pipeline(StandardScaler(), PCA(), make_kmeans()),
        {"pca__n_components": [1, 3]},
        scoring={name: get_scorer(name) for name in SEARCH_NAMES},
        refit="ami",
        cv=3,
        n_jobs=2,
        error_score="raise",
    )
    search = clone(search).fit(X[order], y[order])
    for name in SEARCH_NAMES:
        assert np.isfinite(search.cv_results_[f"mean_test_{name}"]).all()
    # The latent silhouette prefers the smaller latent space. True labels prefer the larger one.
    smaller, larger = search.cv_results_["mean_test_silhouette_latent"]
    assert smaller > larger
    assert search.best_params_ == {"pca__n_components": 3}


@pytest.mark.parametrize("name", ["elbo", "silhouette", "silhouette_latent"])
def test_search_without_true_labels(name, blobs):
    X, _ = blobs
    model = make_pipeline(FakeVAE(), make_kmeans())
    search = GridSearchCV(model, {"fakevae__latent_dim": [1, 3]}, scoring=get_scorer(name), cv=3, error_score="raise")
    assert np.isfinite(search.fit(X).cv_results_["mean_test_score"]).all()


def test_purity_increases_with_the_number_of_clusters(blobs):
    X, y = blobs
    purity = [get_scorer("purity")(KMeans(k, n_init=5, random_state=0).fit(X), X, y) for k in (1, 3, 30)]
    assert all(fewer < more for fewer, more in pairwise(purity))


def test_cross_validate_accepts_scorers(blobs):
    X, y = blobs
    scores = cross_validate(make_kmeans(), X, y, scoring={"nmi": get_scorer("nmi")}, cv=3, error_score="raise")
    assert scores["test_nmi"].shape == (3,)
