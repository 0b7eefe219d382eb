"""Validation of the options of `cluster_library`."""

import difflib
from numbers import Integral

from ...features.computation._modalities import MODALITIES
from ...plots.maps._embedding import METHODS as MAP_METHODS
from ._clusterers import CLUSTERERS

MODELS = ("vae", "vade", "pca")
OTHER_COLUMNS = ("track_id", "audio", "lyrics")
"""Columns that cannot be a condition."""

MAX_COLUMNS = 10
"""Maximum number of columns that an error lists."""


def check_options(tracks, *, n_clusters, model, clusterer, modality, map_method, condition):
    """Raise ValueError if an option is invalid or does not fit the track table."""
    for name, value, choices in (
        ("model", model, MODELS),
        ("clusterer", clusterer, CLUSTERERS),
        ("modality", modality, MODALITIES),
        ("map_method", map_method, MAP_METHODS),
    ):
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}.")
    if n_clusters not in (None, "auto") and not (isinstance(n_clusters, Integral) and n_clusters >= 2):
        raise ValueError(f"n_clusters must be an integer of at least 2, 'auto' or None, got {n_clusters!r}.")
    for name in condition_columns(condition):
        if name not in tracks:
            raise ValueError(
                f"condition={name!r} must be a column of the table with at least two different values."
                f"{_suggest_column(name, tracks)}"
            )
        if tracks[name].nunique(dropna=False) < 2:
            raise ValueError(
                f"condition={name!r} must be a column with at least two different values. All values are equal."
            )
    if condition and model == "pca":
        raise ValueError(f"condition={condition!r} requires model='vae' or model='vade', got model='pca'.")


def _suggest_column(name, tracks):
    """Return a sentence with the columns that contain values, and a question if one of them has a similar name."""
    known = [str(column) for column in tracks.columns[tracks.notna().any()] if column not in OTHER_COLUMNS]
    more = f" and {len(known) - MAX_COLUMNS} more" if len(known) > MAX_COLUMNS else ""
    close = difflib.get_close_matches(str(name), known, n=1)
    columns = f" Its columns are {', '.join(known[:MAX_COLUMNS])}{more}." if known else ""
    return columns + (f" Did you mean {close[0]!r}?" if close else "")


def condition_columns(condition):
    """Return the condition columns as a tuple."""
    return (condition,) if isinstance(condition, str) else tuple(condition or ())
