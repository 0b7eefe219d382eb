"""Warnings that point to the code of the user."""

import inspect
import warnings

# A warning does not point to the code of these packages. `skip_file_prefixes` of `warnings.warn` requires Python 3.12.
INTERNAL_PACKAGES = {"contextlib", "skvae", "sklearn"}


def warn_caller(message, category=UserWarning):
    """Issue a warning that points to the first caller outside skvae and scikit-learn.

    Parameters
    ----------
    message : str or Warning
        Text of the warning, or the warning.
    category : type, default=UserWarning
        Class of the warning. Ignored if `message` is a warning.
    """
    level, frame = 2, inspect.currentframe().f_back
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in INTERNAL_PACKAGES:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
