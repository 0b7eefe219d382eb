"""Loaded models return exactly the same results as the saved models."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import (
    DBSCAN,
    HDBSCAN,
    AffinityPropagation,
    AgglomerativeClustering,
    BisectingKMeans,
    FeatureAgglomeration,
    KMeans,
    MeanShift,
    MiniBatchKMeans,
    SpectralClustering,
)
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, StandardScaler

from skvae import AudioFeatureExtractor, BlockScaler, LyricsEmbedder, LyricsVectorizer, load, make_track_features, save
from skvae.datasets import make_songs
from skvae.features import OneHotCondition
from skvae.networks import MLP, Conv2d

LYRICS = ["row, row, row your boat", None, "frère Jacques, dormez-vous", "আমার সোনার বাংলা", "la la la memory"]


def round_trip(estimator, folder):
    """Save and load an estimator. Check that saving the loaded estimator results in the same file."""
    path = Path(folder, "model.skvae")
    save(estimator, path)
    first = path.read_bytes()
    loaded = load(path)
    assert type(loaded) is type(estimator)
    save(loaded, path)
    assert path.read_bytes() == first
    return loaded


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 6)) + 4 * np.repeat(rng.normal(size=(3, 6)), 20, axis=0)
    return pd.DataFrame(values, columns=[f"{'audio' if i < 4 else 'lyrics'}__{i}" for i in range(6)])


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    return make_songs(12, genres=["rock", "jazz"], languages=["en", "bn"], duration=3.0, random_state=0, out_dir=folder)


CLUSTERERS = [
    KMeans(3, random_state=0),
    MiniBatchKMeans(3, random_state=0),
    BisectingKMeans(3, random_state=0),
    MeanShift(),
    AffinityPropagation(random_state=0),
    AgglomerativeClustering(3),
    DBSCAN(eps=3.0),
    HDBSCAN(copy=True),
    SpectralClustering(3, random_state=0),
    SpectralClustering(3, affinity="nearest_neighbors", random_state=0),
    GaussianMixture(3, random_state=0),
    BayesianGaussianMixture(n_components=3, random_state=0),
]


@pytest.mark.parametrize("clusterer", CLUSTERERS, ids=repr)
def test_pipelines_of_scaler_and_clusterer(clusterer, table, tmp_path):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Graph is not fully connected", UserWarning)
        model = make_pipeline(BlockScaler(equalize=True), clone(clusterer)).fit(table)
    loaded = round_trip(model, tmp_path)
    for method in ("predict", "predict_proba", "transform", "score_samples"):
        if hasattr(model, method):
            assert np.array_equal(getattr(model, method)(table), getattr(loaded, method)(table))
    if hasattr(clusterer, "fit_predict") and hasattr(model[-1], "labels_"):
        assert np.array_equal(model[-1].labels_, loaded[-1].labels_)


TRANSFORMERS = [
    BlockScaler(),
    BlockScaler("power", equalize=True),
    PCA(2),
    QuantileTransformer(n_quantiles=10),
    FunctionTransformer(np.arctan),
    FeatureAgglomeration(2),
    FeatureUnion([("scaled", StandardScaler()), ("low", make_pipeline(BlockScaler(), PCA(2)))]),
    ColumnTransformer([("some", StandardScaler(), make_column_selector("lyrics", dtype_include=np.number))]),
    ColumnTransformer([("some", BlockScaler(), ["audio__0"]), ("none", "drop", slice(1, 2))], remainder="passthrough"),
]


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=lambda transformer: type(transformer).__name__)
@pytest.mark.parametrize("output", ["default", "pandas"])
def test_transformers(transformer, output, table, tmp_path):
    model = clone(transformer)
    if not isinstance(model, FunctionTransformer):
        model.set_output(transform=output)
    model.fit(table)
    loaded = round_trip(model, tmp_path)
    before, after = model.transform(table), loaded.transform(table)
    assert type(before) is type(after)
    assert np.array_equal(before, after)
    if isinstance(before, pd.DataFrame):
        pd.testing.assert_frame_equal(before, after)


def test_lyrics_vectorizer(tmp_path):
    vectorizer = LyricsVectorizer(3, random_state=0).fit(LYRICS)
    loaded = round_trip(vectorizer, tmp_path)
    assert np.array_equal(vectorizer.transform(LYRICS), loaded.transform(LYRICS), equal_nan=True)
    assert loaded.get_params() == vectorizer.get_params()


def test_file_with_many_ngrams_is_small(tmp_path):
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz "), 400)) for _ in range(60)]
    vectorizer = LyricsVectorizer(2, random_state=0).fit(texts)
    path = tmp_path / "model.skvae"
    save(vectorizer, path)
    arrays = vectorizer.components_.nbytes + vectorizer.vectorizer_.idf_.nbytes
    assert path.stat().st_size < arrays + 10 * len(vectorizer.vectorizer_.vocabulary_) + 10_000
    assert np.array_equal(load(path).transform(texts), vectorizer.transform(texts))


def test_one_hot_condition(tmp_path):
    languages = pd.Series(["en", "bn", None, "memory", "__id__"], name="language")
    encoder = OneHotCondition().fit(languages)
    loaded = round_trip(encoder, tmp_path)
    assert np.array_equal(encoder.transform(languages), loaded.transform(languages))
    assert loaded.get_feature_names_out().tolist() == encoder.get_feature_names_out().tolist()


def test_audio_extractor_is_saved_without_cache_and_report(songs, tmp_path):
    extractor = AudioFeatureExtractor(["rms", "mfcc"], memory=tmp_path / "cache", on_error="ignore")
    table = extractor.fit_transform(["nowhere.mp3", *songs["audio"][:2]])
    loaded = round_trip(extractor, tmp_path)
    assert len(extractor.failed_) == 1
    assert extractor.memory == tmp_path / "cache"
    assert not hasattr(loaded, "failed_")
    assert loaded.memory is None
    again = loaded.transform(["nowhere.mp3", *songs["audio"][:2]])
    assert np.array_equal(table, again, equal_nan=True)
    assert b"nowhere" not in (tmp_path / "model.skvae").read_bytes()


def test_lyrics_embedder_is_saved_as_parameters(tmp_path):
    embedder = LyricsEmbedder(tmp_path / "model", window=20, memory="cache")
    loaded = round_trip(embedder, tmp_path)
    assert loaded.get_params() == embedder.get_params() | {"model": str(tmp_path / "model"), "memory": None}


def test_unfitted_pipeline_keeps_its_parameters(tmp_path):
    model = make_pipeline(make_track_features(condition="language"), PCA(3, whiten=True), KMeans(4))
    loaded = round_trip(model, tmp_path)
    assert str(loaded.get_params()) == str(model.get_params())


@pytest.mark.parametrize("network", [MLP((8, 4), dropout=0.5), Conv2d((4, 4), channels=[2])])
def test_networks(network, tmp_path):
    assert round_trip(network, tmp_path).get_params() == network.get_params()


def test_random_state_is_saved(table, tmp_path):
    model = MiniBatchKMeans(3, random_state=np.random.RandomState(3)).fit(table)
    loaded = round_trip(model, tmp_path)
    assert np.array_equal(model.random_state.randint(1000, size=10), loaded.random_state.randint(1000, size=10))
    assert np.array_equal(model.fit(table).cluster_centers_, loaded.fit(table).cluster_centers_)


def test_values_that_resemble_the_file_format(tmp_path):
    params = {"__id__": 1, "file": "0.npy", "__loader__": "ObjectNode", "empty": {}, "none": [], 'q"': [1, [2.5, None]]}
    model = FunctionTransformer(kw_args=params | {"mixed": {1: (True,), "2": np.array([np.nan, np.inf])}})
    loaded = round_trip(model, tmp_path).kw_args
    assert {name: loaded[name] for name in params} == params
    assert loaded["mixed"][1] == (True,)
    assert np.array_equal(loaded["mixed"]["2"], [np.nan, np.inf], equal_nan=True)


def test_pipeline_from_songs_to_clusters(songs, tmp_path):
    features = make_track_features(
        AudioFeatureExtractor(["rms", "mfcc"]), LyricsVectorizer(4, random_state=0), condition="language"
    )
    model = make_pipeline(features, BlockScaler(equalize=True), FunctionTransformer(np.tanh), KMeans(2))
    songs = songs.assign(lyrics=songs["lyrics"].fillna("la la"))
    model.fit(songs)
    loaded = round_trip(model, tmp_path)
    assert np.array_equal(model.transform(songs), loaded.transform(songs))
    assert np.array_equal(model.predict(songs), loaded.predict(songs))
