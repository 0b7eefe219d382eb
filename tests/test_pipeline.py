"""Pipelines from songs to cluster labels, and their hyperparameter search."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline

from skvae import (
    AudioFeatureExtractor,
    LyricsVectorizer,
    VaDEClusterer,
    VAETransformer,
    make_track_features,
)
from skvae.datasets import make_songs
from skvae.metrics import get_scorer

SHORT = {"max_epochs": 10, "batch_size": 8}


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """Short songs of three genres in three languages. A fifth of them has no lyrics."""
    return make_songs(
        24,
        genres=["rock", "jazz", "electronic"],
        languages=["en", "bn", "ar"],
        duration=3.0,
        random_state=0,
        out_dir=tmp_path_factory.mktemp("songs"),
    )


def make_features(audio=None, **settings):
    """Make a transformer of songs. The default has few, fast descriptors."""
    audio = audio or AudioFeatureExtractor(["mfcc13", "chroma"])
    return make_track_features(audio, LyricsVectorizer(8, random_state=0), **settings)


def raw_songs_pipeline(audio=None, **settings):
    """Make a pipeline from songs to cluster labels."""
    features = make_features(audio, condition="language")
    vae = VAETransformer(4, modalities="auto", condition="language", random_state=0, **SHORT, **settings)
    return make_pipeline(features, vae, KMeans(3, n_init=3, random_state=0))


@pytest.mark.parametrize("audio", [None, pytest.param(AudioFeatureExtractor(), marks=pytest.mark.slow)])
def test_fit_predict(audio, songs):
    pipeline = raw_songs_pipeline(audio)
    labels = pipeline.fit_predict(songs)
    assert labels.shape == (24,)
    assert set(labels) == {0, 1, 2}
    assert np.array_equal(labels, pipeline.predict(songs))
    assert np.array_equal(labels, clone(pipeline).fit_predict(songs))
    assert np.array_equal(labels, pickle.loads(pickle.dumps(pipeline)).predict(songs))


def test_set_output(songs):
    pipeline = raw_songs_pipeline().set_output(transform="pandas").fit(songs)
    latent = pipeline[:-1].transform(songs)
    assert latent.index.equals(songs.index)
    assert latent.columns.tolist() == [f"vaetransformer{i}" for i in range(4)]
    assert latent.notna().all(axis=None)


def test_unreadable_song_keeps_its_row(songs):
    broken = songs.copy()
    broken.iloc[2, broken.columns.get_loc("audio")] = "nowhere.mp3"
    with pytest.warns(UserWarning, match="nowhere"):
        labels = raw_songs_pipeline().fit_predict(broken)
    assert labels.shape == (24,)


@pytest.mark.slow
def test_grid_search_with_several_scorers(songs):
    search = GridSearchCV(
        raw_songs_pipeline(),
        {"vaetransformer__beta": [0.5, 4.0], "vaetransformer__latent_dim": [2, 4]},
        scoring={name: get_scorer(name) for name in ("purity", "nmi", "elbo", "silhouette")},
        refit="purity",
        cv=KFold(2, shuffle=True, random_state=0),
        n_jobs=2,
        error_score="raise",
    )
    search.fit(songs, songs["genre"])
    results = search.cv_results_
    assert len(results["params"]) == 4
    assert np.all((results["mean_test_purity"] >= 1 / 3) & (results["mean_test_purity"] <= 1))
    assert np.isfinite(results["mean_test_nmi"]).all()
    assert np.isfinite(results["mean_test_elbo"]).all()
    # The silhouette is measured in the input table of the VAE, which is the same for all candidates.
    assert np.all(np.abs(results["mean_test_silhouette"]) <= 1)
    assert search.predict(songs).shape == (24,)


def test_vade_as_last_step(songs):
    vae = VAETransformer(4, modalities="auto", **SHORT)
    pipeline = make_pipeline(make_features(), VaDEClusterer(3, vae=vae, init="gmm", max_epochs=5, random_state=0))
    labels = pipeline.fit_predict(songs)
    assert np.array_equal(labels, pipeline.predict(songs))
    assert np.allclose(pipeline.predict_proba(songs).sum(1), 1)
