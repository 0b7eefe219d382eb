"""Tags and column names of the estimators that read texts."""

import numpy as np


def set_text_tags(tags):
    """Set the scikit-learn tags of an estimator that reads a column of texts, and return them."""
    tags.input_tags.one_d_array = True
    tags.input_tags.two_d_array = False
    tags.input_tags.string = True
    tags.input_tags.allow_nan = True
    tags.transformer_tags.preserves_dtype = []
    return tags


def numbered_names(prefix, n):
    """Return `n` column names such as ``svd00``."""
    digits = max(2, len(str(n - 1)))
    return np.array([f"{prefix}{i:0{digits}d}" for i in range(n)], dtype=object)
