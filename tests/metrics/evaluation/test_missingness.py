"""Detection of labels that are predicted by missing blocks."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, balanced_accuracy_score

from skvae.metrics import MissingnessWarning, check_missingness

N = 200


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def labels(rng):
    genre = np.array(["rock", "jazz", "folk", "baul"])[np.arange(N) % 4]
    return {"genre": genre, "language": np.where(genre == "baul", "bn", "en")}


def test_presence_of_lyrics_predicts_the_language():
    """Collection of two sources, one of which has no lyrics."""
    language = np.repeat(["en", "bn"], N // 2)
    genre = np.r_[np.arange(N // 2) % 3, 3 + np.arange(N // 2) % 2]
    present = pd.DataFrame({"audio": np.ones(N, bool), "lyrics": language == "bn"})
    with pytest.warns(MissingnessWarning) as caught:
        table = check_missingness(present, {"language": language, "genre": genre}, language)
    assert [str(warning.message).split(" (AMI")[0] for warning in caught] == [
        "The presence of blocks (audio, lyrics) predicts 'language'",
        "The presence of blocks (audio, lyrics) predicts 'genre'",
    ]
    assert all(warning.filename == __file__ for warning in caught)
    assert table.loc["language", "ami"] == pytest.approx(1)
    assert table.loc["language", "balanced_accuracy"] == 1
    assert table.loc["genre", "balanced_accuracy"] == pytest.approx(2 / 5)
    assert table["n_patterns"].tolist() == [2, 2]
    # Clusters that equal the language have a good score for the genre, but a masked score of 0.
    assert table.loc["genre", "value"] > 0.5
    assert table.loc["genre", "masked"] == pytest.approx(0)
    assert np.isnan(table.loc["language", "masked"])
    assert table["n_masked"].tolist() == [0, N]


def test_randomly_missing_blocks_predict_nothing(labels, rng):
    present = {"lyrics": rng.random(N) < 0.5, "audio": rng.random(N) < 0.9}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = check_missingness(present, labels)
        complete = check_missingness({"lyrics": np.ones(N)}, labels)
    assert not table["predicts"].any()
    assert table.loc["genre", "n_patterns"] == 4
    assert "value" not in table
    assert complete["ami"].isna().all()
    assert not complete["predicts"].any()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_scores_equal_those_of_scikit_learn(rows):
    genre, audio, lyrics = map(np.array, zip(*rows, strict=True))
    patterns = audio * 2 + lyrics
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingnessWarning)
        row = check_missingness(np.column_stack([audio, lyrics]), genre, n_permutations=3).loc["label"]
    if len(set(patterns)) < 2 or len(set(genre)) < 2:
        assert np.isnan(row["ami"])
        return
    assert row["ami"] == pytest.approx(adjusted_mutual_info_score(genre, patterns), abs=1e-9)
    # No other prediction from the blocks has a better balanced accuracy.
    n_of = pd.Series(genre).value_counts()
    best_label = {
        p: max(set(genre), key=lambda g, p=p: np.sum((patterns == p) & (genre == g)) / n_of[g]) for p in patterns
    }
    best = balanced_accuracy_score(genre, [best_label[p] for p in patterns])
    assert row["balanced_accuracy"] == pytest.approx(best)


def test_missing_labels_are_ignored(labels, rng):
    genre = labels["genre"].astype(object)
    genre[:40] = None
    present = {"lyrics": np.arange(N) < 40}
    table = check_missingness(present, {"genre": genre, "none": [None] * N}, rng.integers(3, size=N))
    assert table.loc["genre", "n_rows"] == 160
    assert table.loc["genre", "n_patterns"] == 1
    assert table.loc["none", "n_rows"] == 0
    assert table.loc["none"].drop(["n_rows", "n_patterns", "predicts"]).isna().all()


def test_invalid_input_raises(labels):
    with pytest.raises(ValueError, match="present must contain only True and False"):
        check_missingness({"lyrics": np.arange(N)}, labels)
    with pytest.raises(ValueError, match="Label 'genre' has 200 rows, but present has 199 rows"):
        check_missingness({"lyrics": np.ones(N - 1)}, labels)
    with pytest.raises(ValueError, match="labels_pred has 3 rows, but present has 200 rows"):
        check_missingness({"lyrics": np.ones(N)}, labels, [0, 1, 1])
    with pytest.raises(ValueError, match="metric='silhouette' does not use true labels"):
        check_missingness({"lyrics": np.ones(N)}, labels, metric="silhouette")
