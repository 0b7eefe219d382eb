"""Selection of feature columns and their grouping into blocks."""

from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from ..tables._roles import exclusion_reason, has_block_prefix, split_words


def select_features(frame):
    """Select the feature columns of a table.

    Parameters
    ----------
    frame : DataFrame
        The whole table.

    Returns
    -------
    blocks : dict of str to list of str
        Feature columns of each block.
    dropped : dict of str to str
        Reason for each column that is not a feature.
    """
    blocks, dropped = {}, {}
    has_prefixes = any(map(has_block_prefix, frame.columns))
    for name in frame.columns:
        reason = exclusion_reason(name) or _unusable_reason(frame[name])
        if not reason and has_prefixes and "__" not in str(name):
            reason = "no prefix, unlike other columns"
        if reason:
            dropped[name] = reason
        else:
            blocks.setdefault(_block_name(name), []).append(name)
    for block, names in blocks.items():
        missing = frame[names].isna()
        block_is_present = ~missing.all(axis=1)
        rare = missing[block_is_present].mean() > 0.5
        dropped |= {name: f"missing in {missing[name].sum()} of {len(frame)} rows" for name in rare.index[rare]}
        blocks[block] = [name for name in names if not rare[name]]
    return {block: names for block, names in blocks.items() if names}, dropped


def _block_name(name):
    """Return the block of a feature: its prefix, "lyrics" for words such as "tfidf" and "lyrics", or "features"."""
    prefix, separator, _ = str(name).partition("__")
    if separator and prefix:
        return prefix
    return "lyrics" if split_words(name)[:1] in (["tfidf"], ["lyric"], ["lyrics"], ["text"]) else "features"


def _unusable_reason(column):
    """Return the reason why the values of a column cannot be used as a feature, or an empty string."""
    if not (is_numeric_dtype(column) or is_bool_dtype(column)):
        return "not numeric"
    if column.isna().all():
        return "empty"
    # Some programs write the row numbers as a column.
    counts = is_integer_dtype(column) and len(column) > 2 and (column.diff().iloc[1:] == 1).all()
    return "row number" if counts else ""
