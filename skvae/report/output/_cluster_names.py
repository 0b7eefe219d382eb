"""Cluster names: words that describe the sound of a cluster, or its common language and genre."""

import unicodedata

import numpy as np
import pandas as pd

# (word for high values, word for low values, columns of AudioFeatureExtractor). The columns are averaged after
# standardization. The "std" columns measure variation within texture windows of about three seconds, between beats
# and not between sections of a song.
WORDS = (
    ("bright", "dark", ("centroid_mean", "rolloff_mean")),
    ("loud", "quiet", ("rms_mean",)),
    ("noisy", "tonal", ("flatness_mean",)),
    ("punchy", "smooth", ("mfcc01_std",)),
    ("restless", "steady", ("centroid_std", "bandwidth_std")),
    ("clear", "dense", tuple(f"contrast{band}_mean" for band in range(2, 6))),
)
MAX_WORDS = 3
MIN_DEVIATION = 0.4
"""Minimum difference between cluster and library for a word, in standard deviations."""


def score_words(audio):
    """Score all tracks for each pair of words, in standard deviations of the library. None if no column has a word."""
    spread = audio.std(ddof=0)
    standardized = (audio - audio.mean()) / spread.where(spread > 0, np.inf)
    scores = {}
    for high, low, columns in WORDS:
        score = standardized[[column for column in columns if column in standardized]].mean(axis=1)
        if score.std(ddof=0) > 0:
            scores[f"{high}/{low}"] = score / score.std(ddof=0)
    return pd.DataFrame(scores, index=audio.index) if scores else None


def words_for_sound(scores):
    """Return the words for the mean scores of a cluster, strongest first."""
    strongest = scores.abs().sort_values(ascending=False, kind="stable").head(MAX_WORDS)
    return [pair.split("/")[int(scores[pair] < 0)] for pair, value in strongest.items() if value >= MIN_DEVIATION]


def words_for_metadata(tracks):
    """Return the language and the genre that at least half of the tracks share."""
    words = []
    for column in ("language", "genre"):
        shares = tracks[column].value_counts() / len(tracks) if column in tracks else pd.Series(dtype=float)
        words += [clean_word(value) for value in shares.index[:1][shares.iloc[:1] >= 0.5]]
    return list(filter(None, words))


def is_safe_name(name):
    """Return whether a name is a valid file name on every operating system and contains no folder."""
    return bool(name) and all(char == " " or unicodedata.category(char)[0] in "LMN" for char in name)


def clean_word(text):
    """Keep letters, marks, digits and spaces, at most 24 characters, so that the text can be used in a file name."""
    kept = "".join(char if is_safe_name(char) else " " for char in str(text))
    return " ".join(kept.split())[:24].strip()
