"""Cluster names."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.report import make_playlists
from skvae.report.output._cluster_names import WORDS, clean_word


@pytest.mark.parametrize(("high", "low", "columns"), WORDS)
def test_high_and_low_values_give_opposite_words(high, low, columns):
    tracks = pd.DataFrame({"audio": list("abcdef")})
    audio = pd.DataFrame({column: [1.0, 2, 3, 11, 12, 13] for column in columns})
    first, second = make_playlists(tracks, np.zeros((6, 1)), np.array([0, 0, 0, 1, 1, 1]), audio)
    assert (first.name, second.name) == (f"00 {low}", f"01 {high}")


def test_names_have_the_strongest_words_first_or_mixed():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 50)
    columns = {column: rng.standard_normal(100) for _, _, group in WORDS for column in group}
    columns["rms_mean"] += 20 * labels
    columns["flatness_mean"] -= 2 * labels
    tracks = pd.DataFrame({"audio": ["x"] * 100})
    names = [playlist.name for playlist in make_playlists(tracks, np.zeros((100, 1)), labels, pd.DataFrame(columns))]
    assert names == ["00 quiet noisy", "01 loud tonal"]
    level = pd.DataFrame({"rms_mean": np.tile([1.0, 2.0], 50)})
    assert make_playlists(tracks, np.zeros((100, 1)), np.repeat([0, 1], 50), level)[0].name == "00 mixed"


def test_language_and_genre_are_used_without_audio():
    tracks = pd.DataFrame(
        {"audio": None, "language": ["हिन्दी", "हिन्दी", None, "en"], "genre": ["R&B/Soul", "jazz", "R&B/Soul", "folk"]},
        index=[7, 8, 9, 10],
    )
    names = [playlist.name for playlist in make_playlists(tracks, np.zeros((4, 1)), np.array([3, 3, 3, 12]))]
    assert names == ["03 हिन्दी R B Soul", "12 en folk"]


def test_names_start_with_the_label_and_minus_one_has_no_playlist():
    tracks = pd.DataFrame({"audio": ["x"] * 4})
    playlists = make_playlists(tracks, np.zeros((4, 1)), np.array([-1, 7, 120, -1]))
    assert [(playlist.label, playlist.name[:3]) for playlist in playlists] == [(7, "007"), (120, "120")]


@given(st.text(max_size=60))
@settings(deadline=None)
def test_cleaned_words_are_valid_in_file_names(text):
    safe = clean_word(text)
    assert len(safe) <= 24
    assert not set(safe) & set('/\\:*?"<>|\n\r\t\0')
    assert safe == safe.strip()
