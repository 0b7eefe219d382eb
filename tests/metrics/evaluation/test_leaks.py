"""Detection of columns that contain a label."""

import numpy as np
import pandas as pd
import pytest

from skvae.metrics import find_leaks

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
        (lambda genre, rng: np.where(np.arange(N) == 5, "jazz", genre), ["genre", "language"]),  # one wrong row
        (lambda genre, rng: np.where(rng.random(N) < 0.2, None, genre), ["genre", "language"]),
        (lambda genre, rng: rng.normal(size=N) + 5 * (genre == "rock"), []),  # a predictive feature is not a leak
        (lambda genre, rng: rng.integers(3, size=N), []),
        (lambda genre, rng: np.where(rng.random(N) < 0.3, genre, "unknown"), []),
        (lambda genre, rng: np.zeros(N), []),
        (lambda genre, rng: np.full(N, np.nan), []),
        (lambda genre, rng: np.arange(N), []),  # row numbers
    ],
)
def test_leaked_labels_of_a_column(column, leaked, labels, rng):
    table = pd.DataFrame({"tempo": rng.normal(size=N), "candidate": column(labels["genre"], rng)})
    found = find_leaks(table, labels)
    assert [label for label, columns in found.items() if columns] == leaked
    assert all(columns in ([], ["candidate"]) for columns in found.values())


def test_rare_word_in_the_only_song_of_a_genre_is_no_leak(labels):
    genre = np.where(np.arange(N) == 7, "tango", labels["genre"])
    assert find_leaks((genre == "tango")[:, None], genre) == {"label": []}


def test_different_lengths_raise(labels):
    with pytest.raises(ValueError, match="Label 'genre' has 200 rows, but features has 199 rows"):
        find_leaks(np.zeros((N - 1, 2)), labels)


def test_recording_length_leaks_the_language_of_a_real_data_set(shared_data):
    table = pd.read_csv(shared_data / "tables" / "gtzan_banglabeats_30s.csv")
    found = find_leaks(table.select_dtypes("number"), table[["label", "language"]])
    assert found == {"label": [], "language": ["length"]}
