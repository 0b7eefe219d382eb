"""Words for the sound, from descriptors of `AudioFeatureExtractor`: "bright loud"."""

import pandas as pd

from ._axes import Axis, standardize

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
SOUND_COLUMNS = frozenset(column for *_, columns in WORDS for column in columns)


def make_sound_axes(audio):
    """Return an axis for each pair of words whose columns vary.

    Parameters
    ----------
    audio : DataFrame with n_songs rows
        Descriptors.

    Returns
    -------
    list of Axis
        Axes, one per pair of words.
    """
    columns = standardize(audio[[column for column in audio if column in SOUND_COLUMNS]])
    means = {high: columns[[name for name in names if name in columns]].mean(axis=1) for high, _, names in WORDS}
    scores = standardize(pd.DataFrame(means).round(9))
    return [Axis(scores[high], high, low) for high, low, _ in WORDS if high in scores]
