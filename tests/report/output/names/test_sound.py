"""Words for the sound."""

import numpy as np
import pandas as pd
import pytest

from skvae.report import make_playlists
from skvae.report.output.names._sound import WORDS


def name_by_sound(audio, labels):
    tracks = pd.DataFrame({"audio": ["x"] * len(audio)})
    return [playlist.name for playlist in make_playlists(tracks, np.zeros((len(audio), 1)), labels, audio)]


@pytest.fixture
def audio():
    rng = np.random.default_rng(0)
    return pd.DataFrame({column: rng.standard_normal(100) for _, _, group in WORDS for column in group})


@pytest.mark.parametrize(("high", "low", "columns"), WORDS)
def test_high_and_low_values_give_opposite_words(high, low, columns):
    audio = pd.DataFrame({column: [1.0, 2, 3, 11, 12, 13] for column in columns})
    assert name_by_sound(audio, np.array([0, 0, 0, 1, 1, 1])) == [f"00 {low}", f"01 {high}"]


def test_the_strongest_word_is_first(audio):
    labels = np.repeat([0, 1], 50)
    audio["rms_mean"] += 20 * labels
    audio["flatness_mean"] -= 2 * labels
    assert name_by_sound(audio, labels) == ["00 quiet noisy", "01 loud tonal"]


def test_other_descriptors_have_no_words_if_all_words_are_available(audio):
    labels = np.repeat([0, 1], 50)
    audio["rms_mean"] += 20 * labels
    audio["tempo"] = 20.0 * labels
    assert name_by_sound(audio, labels) == ["00 quiet", "01 loud"]
    assert name_by_sound(audio[["rms_mean", "tempo"]] + 0.0, labels)[0] == "00 low tempo"


def test_equal_means_give_no_word():
    audio = pd.DataFrame({"rms_mean": np.tile([1.0, 2.0], 50)})
    assert name_by_sound(audio, np.repeat([0, 1], 50))[0] == "00 mixed"
