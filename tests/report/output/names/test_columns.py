"""Words from columns of a feature table."""

import numpy as np
import pandas as pd
import pytest

from skvae.report import make_playlists
from skvae.report.output.names._columns import readable_name


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("audio__spectral_centroid_mean", "spectral centroid"),
        ("zeroCrossingRate", "zero crossing rate"),
        ("energy", "energy"),
        ("tag 80s", "tag 80s"),
        ("lyrics__tfidf_love", "word love"),
        ("ছন্দ_mean", "ছন্দ"),
        *(
            (name, "")
            for name in ("embedding007", "lyrics__svd00", "PC1", "latent00", "mfcc_3", "mfcc3_mean", "0", "x")
        ),
        *((name, "") for name in ("x", "dim_12", "rms_var", "tempo_std", "key", "mode", "tfidf_", "__")),
    ],
)
def test_names_of_columns(column, name):
    assert readable_name(column) == name


def name_by_features(features, labels, **columns):
    tracks = pd.DataFrame({"audio": None, **columns}, index=features.index)
    Z = np.zeros((len(features), 1))
    return [playlist.name for playlist in make_playlists(tracks, Z, np.array(labels), features=features)]


def test_columns_with_the_largest_differences_name_the_clusters():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 50)
    energy, acousticness = labels + 0.1 * rng.standard_normal(100), -labels + 0.5 * rng.standard_normal(100)
    features = pd.DataFrame({"energy": energy, "acousticness": acousticness, "embedding000": 100 * labels})
    names = ["00 low energy, high acousticness", "01 high energy, low acousticness"]
    assert name_by_features(features, labels) == names
    assert name_by_features(1000 * features + 5, labels) == names


def test_columns_with_the_same_content_are_used_once():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 50)
    energy = labels + 0.1 * rng.standard_normal(100)
    features = pd.DataFrame({"energy": energy, "power": 3 * energy + 1, "tempo": -labels + rng.standard_normal(100)})
    assert name_by_features(features, labels) == ["00 low energy, high tempo", "01 high energy, low tempo"]


def test_constant_missing_and_infinite_values_give_no_words():
    features = pd.DataFrame(
        {"flat": np.full(6, 0.1), "gone": np.nan, "infinite": np.inf, "energy": [1, 2, np.nan, np.inf, 8, 9]}
    )
    assert name_by_features(features, [0, 0, 0, 1, 1, 1]) == ["00 low energy", "01 high energy"]
    names = name_by_features(features[["flat", "gone", "infinite"]], [0, 0, 0, 1, 1, 1])
    assert names == ["00 mixed", "01 mixed"]


def test_rare_terms_of_lyrics_have_no_word_for_low_values():
    features = pd.DataFrame({"lyrics__tfidf_love": [1.0, 0.9, 0, 0], "lyrics__tfidf_sea": [0, 0, 0.0, 0.1]})
    assert name_by_features(features, [0, 0, 1, 1]) == ["00 word love", "01 word sea"]


def test_numbered_columns_give_labels_instead():
    features = pd.DataFrame({f"embedding{i:03d}": [1.0, 2, 30, 40, 50] for i in range(3)})
    labels = [0, 0, 1, 1, 1]
    assert name_by_features(features, labels) == ["00 mixed", "01 mixed"]
    genre = ["rock", "Rock", "jazz", "jazz", "rock"]
    assert name_by_features(features, labels, genre=genre) == ["00 rock 100%", "01 jazz 67%"]
