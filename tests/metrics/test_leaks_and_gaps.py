"""Labels that a model was given by a column, or by what a row lacks."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, balanced_accuracy_score

from skvae.metrics import MissingnessWarning, check_missingness, find_leaks

N = 200


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def labels(rng):
    genre = np.array(["rock", "jazz", "folk", "baul"])[np.arange(N) % 4]
    return {"genre": genre, "language": np.where(genre == "baul", "bn", "en")}


@pytest.mark.parametrize(
    ("column", "leaked"),
    [
        (lambda genre, rng: genre, ["genre", "language"]),
        (lambda genre, rng: pd.factorize(genre)[0] * 7.5 - 3, ["genre", "language"]),
        (lambda genre, rng: (genre == "rock").astype(float), ["genre"]),
        (lambda genre, rng: (genre == "baul") - 0.25, ["genre", "language"]),
        (lambda genre, rng: np.where(np.arange(N) == 5, "jazz", genre), ["genre", "language"]),  # a slip
        (lambda genre, rng: np.where(rng.random(N) < 0.2, None, genre), ["genre", "language"]),
        (lambda genre, rng: rng.normal(size=N) + 5 * (genre == "rock"), []),  # a good feature is none
        (lambda genre, rng: rng.integers(3, size=N), []),
        (lambda genre, rng: np.where(rng.random(N) < 0.3, genre, "unknown"), []),
        (lambda genre, rng: np.zeros(N), []),
        (lambda genre, rng: np.full(N, np.nan), []),
        (lambda genre, rng: np.arange(N), []),  # a number of the row
    ],
)
def test_columns(column, leaked, labels, rng):
    table = pd.DataFrame({"tempo": rng.normal(size=N), "asked": column(labels["genre"], rng)})
    found = find_leaks(table, labels)
    assert [label for label, columns in found.items() if columns] == leaked
    assert all(columns in ([], ["asked"]) for columns in found.values())


def test_a_word_sung_once_in_the_one_song_of_its_genre_is_no_leak(labels):
    genre = np.where(np.arange(N) == 7, "tango", labels["genre"])
    assert find_leaks((genre == "tango")[:, None], genre) == {"label": []}


def test_lengths(labels):
    with pytest.raises(ValueError, match="label 'genre' has 200 rows and features 199"):
        find_leaks(np.zeros((N - 1, 2)), labels)


def test_has_lyrics_is_the_language():
    """As in a collection of two sources, one of which has no lyrics."""
    language = np.repeat(["en", "bn"], N // 2)
    genre = np.r_[np.arange(N // 2) % 3, 3 + np.arange(N // 2) % 2]
    present = pd.DataFrame({"audio": np.ones(N, bool), "lyrics": language == "bn"})
    with pytest.warns(MissingnessWarning) as caught:
        table = check_missingness(present, {"language": language, "genre": genre}, language)
    assert [str(warning.message).split(" (")[0] for warning in caught] == [
        "which of the blocks audio, lyrics a row has predicts language",
        "which of the blocks audio, lyrics a row has predicts genre",
    ]
    assert all(warning.filename == __file__ for warning in caught)
    assert table.loc["language", "ami"] == pytest.approx(1)
    assert table.loc["language", "balanced_accuracy"] == 1
    assert table.loc["genre", "balanced_accuracy"] == pytest.approx(2 / 5)
    assert table["n_patterns"].tolist() == [2, 2]
    # Clusters that are the language score well on genre, and nothing once the gaps are masked.
    assert table.loc["genre", "value"] > 0.5
    assert table.loc["genre", "masked"] == pytest.approx(0)
    assert np.isnan(table.loc["language", "masked"])
    assert table["n_masked"].tolist() == [0, N]


def test_gaps_at_random_are_no_news(labels, rng):
    present = {"lyrics": rng.random(N) < 0.5, "audio": rng.random(N) < 0.9}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = check_missingness(present, labels)
        whole = check_missingness({"lyrics": np.ones(N)}, labels)
    assert not table["predicts"].any()
    assert table.loc["genre", "n_patterns"] == 4
    assert "value" not in table
    assert whole["ami"].isna().all()
    assert not whole["predicts"].any()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_numbers_by_hand(rows):
    genre, audio, lyrics = map(np.array, zip(*rows, strict=True))
    patterns = audio * 2 + lyrics
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingnessWarning)
        row = check_missingness(np.column_stack([audio, lyrics]), genre, n_permutations=3).loc["label"]
    if len(set(patterns)) < 2 or len(set(genre)) < 2:
        assert np.isnan(row["ami"])
        return
    assert row["ami"] == pytest.approx(adjusted_mutual_info_score(genre, patterns), abs=1e-9)
    # No guess from the pattern has a better balanced accuracy.
    n_of = pd.Series(genre).value_counts()
    guess = {p: max(set(genre), key=lambda g, p=p: np.sum((patterns == p) & (genre == g)) / n_of[g]) for p in patterns}
    best = balanced_accuracy_score(genre, [guess[p] for p in patterns])
    assert row["balanced_accuracy"] == pytest.approx(best)


def test_unknown_labels_do_not_take_part(labels, rng):
    genre = labels["genre"].astype(object)
    genre[:40] = None
    present = {"lyrics": np.arange(N) < 40}
    table = check_missingness(present, {"genre": genre, "none": [None] * N}, rng.integers(3, size=N))
    assert table.loc["genre", "n_rows"] == 160
    assert table.loc["genre", "n_patterns"] == 1
    assert table.loc["none", "n_rows"] == 0
    assert table.loc["none"].drop(["n_rows", "n_patterns", "predicts"]).isna().all()


def test_wrong_input_is_named(labels):
    with pytest.raises(ValueError, match="present must hold True and False"):
        check_missingness({"lyrics": np.arange(N)}, labels)
    with pytest.raises(ValueError, match="label 'genre' has 200 rows and present 199"):
        check_missingness({"lyrics": np.ones(N - 1)}, labels)
    with pytest.raises(ValueError, match="labels_pred has 3 rows and present 200"):
        check_missingness({"lyrics": np.ones(N)}, labels, [0, 1, 1])
    with pytest.raises(ValueError, match="metric='silhouette' needs no labels"):
        check_missingness({"lyrics": np.ones(N)}, labels, metric="silhouette")


def test_the_length_of_recordings_gives_the_language_away(shared_data):
    table = pd.read_csv(shared_data / "tables" / "gtzan_banglabeats_30s.csv")
    found = find_leaks(table.select_dtypes("number"), table[["label", "language"]])
    assert found == {"label": [], "language": ["length"]}
