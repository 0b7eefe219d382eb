"""Clusterers that can only label the rows of fit."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import BaseEstimator, ClusterMixin, clone
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skvae import MLP, LyricsVectorizer, VAETransformer, load, make_track_features, save
from skvae.audio import AudioSegment
from skvae.metrics import get_scorer
from skvae.model_selection import AllRows, TransductiveClusterer

CLUSTERERS = [
    AgglomerativeClustering(3),
    DBSCAN(eps=1.0),
    HDBSCAN(min_cluster_size=5, copy=True),
    SpectralClustering(3, random_state=0),
]
every_clusterer = pytest.mark.parametrize("clusterer", CLUSTERERS, ids=lambda clusterer: type(clusterer).__name__)


@parametrize_with_checks(
    [
        TransductiveClusterer(AgglomerativeClustering(3)),
        TransductiveClusterer(make_pipeline(StandardScaler(), DBSCAN())),
    ],
    expected_failed_checks=lambda estimator: {
        "check_fit_idempotent": "the check predicts rows that were not in fit, which this class does not support"
    },
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


class Position(ClusterMixin, BaseEstimator):
    """Label each row by its position, even if rows are equal."""

    def fit(self, X, y=None):
        self.labels_ = np.arange(len(X))
        return self


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(60, n_features=4, centers=3, random_state=1)


@every_clusterer
def test_predict_returns_the_labels_of_rows_in_any_order(clusterer, blobs):
    X, _ = blobs
    model = TransductiveClusterer(clusterer).fit(X)
    expected = clone(clusterer).fit(X).labels_
    assert np.array_equal(model.labels_, expected)
    assert np.array_equal(model.predict(X), expected)
    chosen = np.random.default_rng(0).permutation(60)[:40]
    assert np.array_equal(model.predict(X[chosen]), expected[chosen])
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(X[chosen]), expected[chosen])
    assert np.array_equal(clone(model).fit_predict(X), expected)
    assert not hasattr(clusterer, "labels_")  # Only a clone is fitted.


def test_saved_model_predicts_the_rows_of_fit(blobs, tmp_path):
    X, _ = blobs
    model = TransductiveClusterer(make_pipeline(StandardScaler(), AgglomerativeClustering(3))).fit(X)
    save(model, tmp_path / "model.skvae")
    assert np.array_equal(load(tmp_path / "model.skvae").predict(X[::-1]), model.labels_[::-1])


@every_clusterer
def test_new_rows_raise_an_error(clusterer, blobs):
    X, y = blobs
    model = TransductiveClusterer(clusterer).fit(X[:30])
    with pytest.raises(ValueError, match="X contains 30 rows that were not in fit"):
        model.predict(X[30:])
    with pytest.raises(
        ValueError, match=r"X contains 1 rows .*first at position 2\)\. TransductiveClusterer cannot label new rows"
    ):
        model.predict(np.r_[X[:2], X[30:31], X[3:5]])
    with pytest.raises(ValueError, match="position 0, with NaN or inf"):
        model.predict(np.full((1, 4), np.nan))
    with pytest.raises(ValueError, match="were not in fit"):
        get_scorer("ami")(model, X[30:], y[30:])


def test_cross_validation_raises_an_error(blobs):
    X, y = blobs
    model = TransductiveClusterer(AgglomerativeClustering())
    search = GridSearchCV(
        model,
        {"clusterer__n_clusters": [2, 3]},
        scoring=get_scorer("ami"),
        cv=KFold(3, shuffle=True, random_state=0),
        error_score="raise",
    )
    with pytest.raises(ValueError, match=r"Use cv=AllRows\(\)"):
        search.fit(X, y)


values = st.sampled_from([0.0, -0.0, 1.0, -1.5, np.nan, 1e300])
tables = st.tuples(st.integers(1, 12), st.integers(1, 2)).flatmap(lambda shape: arrays(float, shape, elements=values))


@settings(deadline=None, max_examples=60)
@given(X=tables, data=st.data())
def test_equal_rows_get_their_labels_in_the_order_of_fit(X, data):
    model = TransductiveClusterer(Position()).fit(X)
    assert model.predict(X).tolist() == list(range(len(X)))
    chosen = data.draw(st.permutations(range(len(X))))[: data.draw(st.integers(1, len(X)))]
    labels = model.predict(X[chosen])
    assert np.array_equal(X[labels], X[chosen], equal_nan=True)
    assert len(set(labels)) == len(labels)
    assert np.array_equal(X[model.predict(np.r_[X, X])], np.r_[X, X], equal_nan=True)


def test_equal_numbers_of_any_type_are_the_same_row(blobs):
    X = blobs[0].astype(np.float32)
    model = TransductiveClusterer(AgglomerativeClustering(3)).fit(X)
    for same in (X.astype(np.float64), X.tolist(), np.asfortranarray(X), X[::-1][::-1]):
        assert np.array_equal(model.predict(same), model.labels_)
    with pytest.raises(ValueError, match="were not in fit"):
        model.predict(X + np.float32(1e-3))


def test_rows_of_a_track_table_are_identified_by_all_cells():
    segment = AudioSegment((np.zeros(8), 8000), 0.5, 1.0)
    tracks = pd.DataFrame(
        {
            "audio": ["a.mp3", segment, None, "a.mp3"],
            "lyrics": ["la", None, "গান", "la"],
            "year": [1999, 2001, np.nan, 2000],
        }
    )
    model = TransductiveClusterer(Position()).fit(tracks)
    shuffled = tracks.iloc[[3, 1, 0, 2]]
    assert model.predict(shuffled).tolist() == [3, 1, 0, 2]
    missing_otherwise = tracks.astype({"lyrics": "str"}).assign(audio=["a.mp3", segment, np.nan, "a.mp3"])
    assert model.predict(missing_otherwise).tolist() == [0, 1, 2, 3]
    for column, value in [("audio", "b.mp3"), ("lyrics", "LA"), ("year", 1998)]:
        with pytest.raises(ValueError, match=r"X contains 1 rows .* position 0"):
            model.predict(tracks.assign(**{column: [value, *tracks[column][1:]]}))
    with pytest.raises(ValueError, match="feature names"):
        model.predict(tracks[["lyrics", "audio", "year"]])


def test_invalid_clusterer_raises_an_error():
    with pytest.raises(ValueError, match=r"'clusterer' parameter .* must be an object implementing 'fit_predict'"):
        TransductiveClusterer(PCA()).fit(np.eye(3))


@pytest.mark.parametrize(
    "clusterer",
    [AgglomerativeClustering(3), HDBSCAN(min_cluster_size=5, copy=True), KMeans(3, random_state=0), GaussianMixture(3)],
    ids=lambda clusterer: type(clusterer).__name__,
)
@pytest.mark.parametrize("outside", [True, False], ids=["around the pipeline", "at its end"])
def test_scorers_of_a_pipeline(clusterer, outside, blobs):
    X, y = blobs
    vae = VAETransformer(2, network=MLP((8,)), max_epochs=3, random_state=0)
    if outside:
        model = TransductiveClusterer(make_pipeline(vae, clusterer)).fit(X)
        fitted = model.clusterer_[0]
    else:
        model = make_pipeline(vae, TransductiveClusterer(clusterer)).fit(X)
        fitted = model[0]
    labels = model.predict(X)
    assert get_scorer("ami")(model, X, y) == pytest.approx(adjusted_mutual_info_score(y, labels))
    if not isinstance(clusterer, GaussianMixture):  # It has a separate likelihood.
        assert get_scorer("elbo")(model, X) == pytest.approx(fitted.score(X))
    for name, space in (("silhouette", fitted.scaled_input(X)), ("silhouette_latent", fitted.transform(X))):
        defined = len(set(labels)) > 1
        expected = silhouette_score(space, labels) if defined else -1
        assert get_scorer(name)(model, X) == pytest.approx(expected, abs=1e-6)


def test_grid_search_of_a_pipeline_from_lyrics_to_labels():
    texts = ["la la land", "da da doo", "rain and snow"] * 6
    tracks = pd.DataFrame({"lyrics": [f"{text} {i}" for i, text in enumerate(texts)]})
    pipeline = make_pipeline(
        make_track_features(audio=None, lyrics=LyricsVectorizer(4, random_state=0)), AgglomerativeClustering()
    )
    search = GridSearchCV(
        TransductiveClusterer(pipeline),
        {"clusterer__agglomerativeclustering__n_clusters": [2, 3]},
        scoring={name: get_scorer(name) for name in ("ami", "purity")},
        refit="ami",
        cv=AllRows(),
        error_score="raise",
    ).fit(tracks, texts)
    assert search.best_params_ == {"clusterer__agglomerativeclustering__n_clusters": 3}
    assert search.best_score_ == pytest.approx(1)
