"""Words for the columns of a feature table: "high energy", "low acousticness"."""

import re

from ._axes import Axis, standardize
from ._file_names import clean_word
from ._sound import SOUND_COLUMNS

_AVERAGES = {"mean", "avg", "average", "median"}
_MEANINGLESS = {
    *("std", "stdev", "sd", "var", "variance", "min", "max", "skew", "skewness", "kurtosis"),
    *("embedding", "embed", "emb", "latent", "component", "dim", "dimension", "feature", "unnamed"),
    *("svd", "pca", "pc", "lda", "nmf", "ica", "umap", "tsne"),
    *("key", "mode", "signature"),  # codes of categories
}


def readable_name(column):
    """Return the name of a column in words, or an empty text if the name has no meaning for a reader.

    The prefix of the block and "mean" are removed. These names have no meaning: other statistics than averages
    (``rms_var``), numbered series (``mfcc_3``, ``embedding007``, ``PC1``), and codes of categories (``key``). The name
    of a TF-IDF column is "word" and the term.

    Parameters
    ----------
    column : str
        Name of the column.

    Returns
    -------
    str
        Readable name, which can be used in a file name.

    Examples
    --------
    >>> from skvae.report.output.names._columns import readable_name
    >>> [readable_name(name) for name in ("audio__zero_crossing_rate_mean", "tfidf_love", "embedding007")]
    ['zero crossing rate', 'word love', '']
    """
    text = re.sub("(?<=[a-z])(?=[A-Z])", " ", str(column).rpartition("__")[2])
    words = [word.casefold() for word in re.split(r"[\s_.:/-]+", text) if word]
    if words[:1] == ["tfidf"]:
        return clean_word(f"word {' '.join(words[1:])}") if words[1:] else ""
    words = [word for word in words if word not in _AVERAGES]
    if _MEANINGLESS & set(words) or any(re.fullmatch(r"[^\W\d]*\d+", word) for word in words):
        return ""
    name = clean_word(" ".join(words))
    return name if len(name) > 1 else ""


def readable_columns(features):
    """Return the columns with a readable name. Columns that sound words describe are not included."""
    return [
        column for column in features if str(column).rpartition("__")[2] not in SOUND_COLUMNS and readable_name(column)
    ]


def make_column_axes(features):
    """Return an axis for each column that varies and has a readable name.

    Parameters
    ----------
    features : DataFrame with n_songs rows
        Feature table. Columns can have the prefix of their block.

    Returns
    -------
    list of Axis
        Axes. Low values of TF-IDF columns have no word.
    """
    table = standardize(features[readable_columns(features)])
    axes = []
    for column in table:
        name = readable_name(column)
        high, low = (name, None) if name.startswith("word ") else (f"high {name}", f"low {name}")
        axes.append(Axis(table[column], high, low))
    return axes
