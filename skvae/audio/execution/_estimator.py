"""Parameters, tags and output format of the estimators that read recordings."""

import os
from numbers import Integral, Real

import joblib
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils._set_output import _get_output_config

from ..decoding._decode import MIN_SECONDS
from ._cache import AudioCache

RECORDING_CONSTRAINTS = {
    "offset": [Interval(Real, 0, None, closed="left")],
    "duration": [Interval(Real, MIN_SECONDS, None, closed="left"), None],
    "excerpts": [Interval(Integral, 1, None, closed="left"), None],
    "timeout": [Interval(Real, 0, None, closed="neither"), None],
    "on_error": [StrOptions({"raise", "warn", "ignore"})],
    "memory": [str, os.PathLike, AudioCache, joblib.Memory, None],
    "n_jobs": [Integral, None],
    "verbose": ["verbose"],
}
"""Constraints of the parameters that the estimators have in common."""


def set_recording_tags(tags):
    """Set the scikit-learn tags of an estimator that reads a column of recordings, and return them."""
    tags.input_tags.one_d_array = True
    tags.input_tags.two_d_array = False
    tags.input_tags.string = True
    tags.input_tags.allow_nan = True
    tags.no_validation = True
    tags.transformer_tags.preserves_dtype = []
    return tags


def format_output(estimator, table):
    """Convert a feature table to the output format of an estimator, see `set_output` in scikit-learn."""
    # scikit-learn's wrapper preserves the index of a DataFrame, but not that of a Series.
    if _get_output_config("transform", estimator)["dense"] == "pandas":
        return table
    return table.to_numpy(copy=True)  # the array of the DataFrame is read-only
