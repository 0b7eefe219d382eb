"""The rows that are compared: features in blocks, what is known of each row, and the space that all share."""

import logging
import warnings
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ...audio import AudioFeatureExtractor
from ...datasets import FeatureTable
from ...features import BlockScaler, OneHotCondition
from ...features._columns import prefix_blocks
from ...features.computation._table import convert_feature_table
from ...features.computation._tracks import compute_features
from ...metrics import check_missingness, find_leaks
from ..execution._store import digest_of_table

logger = logging.getLogger(__name__)

LABELS = ("genre", "language")
FEWEST = 4  # rows that can be told apart into two groups


@dataclass(frozen=True)
class Data:
    """What every representation of a study is made from.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_features), float32
        Features; NaN where a row lacks a block.
    columns : list of str
        Their names, each ``block__name``.
    known : DataFrame of n_rows rows
        By ``track_id``: the labels, and the columns to condition on.
    labels : list of str
        Columns of `known` that clusters are compared with.
    set_aside : dict of str to str
        Reason by ``track_id`` of what could not be described.
    notes : list of str
        What a reader of the results should know.
    """

    values: np.ndarray
    columns: list
    known: pd.DataFrame
    labels: list
    set_aside: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @cached_property
    def blocks(self):
        """Column positions of each block."""
        return prefix_blocks(self.columns)

    @cached_property
    def scaler(self):
        """What standardises the columns of all rows."""
        return BlockScaler("power").fit(pd.DataFrame(self.values, columns=self.columns))

    @cached_property
    def input(self):
        """The space common to all: standardised columns, each block with one say, what is missing at the mean."""
        scaled = BlockScaler("power", equalize=True).fit_transform(pd.DataFrame(self.values, columns=self.columns))
        return np.nan_to_num(scaled, nan=0.0)

    @cached_property
    def digest(self):
        """What tells these rows from others."""
        return digest_of_table(self.values, self.columns)

    def positions(self, blocks=()):
        """Positions of the columns of some blocks, or of all."""
        return np.sort(np.concatenate([self.blocks[block] for block in blocks or self.blocks]))

    def seen(self, blocks=()):
        """Which rows have any of some blocks."""
        return ~np.isnan(self.values[:, self.positions(blocks)]).all(axis=1)

    def table(self, blocks=(), given=()):
        """Table to fit: the rows that have any of some blocks, and the columns conditioned on, one-hot."""
        positions, rows = self.positions(blocks), self.seen(blocks)
        parts = [pd.DataFrame(self.values[rows][:, positions], columns=[self.columns[i] for i in positions])]
        for name in given:
            if name not in self.known:
                raise ValueError(f"there is no column {name!r} to condition on")
            values = self.known[name]
            one_hot = OneHotCondition().fit(values)
            names = [f"{name}__{value}" for value in one_hot.get_feature_names_out()]
            parts.append(pd.DataFrame(one_hot.transform(values[rows]), columns=names))
        return pd.concat(parts, axis=1)

    def standardise(self, values, blocks=()):
        """Standardise values of the columns of some blocks, as those of all rows are."""
        whole = np.full((len(values), len(self.columns)), np.nan)
        positions = self.positions(blocks)
        whole[:, positions] = values
        return self.scaler.transform(pd.DataFrame(whole, columns=self.columns))[:, positions]

    def leaked(self, blocks=(), given=()):
        """Labels that a representation of some blocks is given: by a condition, or by a feature."""
        features = pd.DataFrame(self.values[:, self.positions(blocks)], index=self.known.index)
        leaks = find_leaks(pd.concat([features, self.known[list(given)]], axis=1), self.known[self.labels])
        return {label for label in self.labels if label in given or leaks[label]}

    def missingness(self):
        """Warnings of labels that the gaps alone would predict."""
        present = {block: self.seen((block,)) for block in self.blocks}
        if not self.labels or all(found.all() for found in present.values()):
            return []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_missingness(present, self.known[self.labels])
        return caught


def read_data(source, *, labels, condition, perhaps, describe, n_jobs, memory, verbose):
    """Make the rows to compare of whatever describes songs; see `compare` for the parameters.

    Those of `condition` must be columns of the table, those of `perhaps` need not.

    Returns
    -------
    Data
        The rows.
    """
    if isinstance(source, FeatureTable):
        describe = {"modality": "both"} | describe
        found = convert_feature_table(source, condition=None, **describe)
        return _described(found, source.tracks, labels, condition, perhaps)
    if isinstance(source, pd.DataFrame) and {"audio", "lyrics"} & set(source):
        options = {"modality": "both", "lyrics": "tfidf", "duration": 30.0, "excerpts": 5} | describe
        extractor = AudioFeatureExtractor(
            duration=options.pop("duration"),
            excerpts=options.pop("excerpts"),
            memory=memory,
            n_jobs=n_jobs,
            on_error="ignore",
            verbose=verbose,
        )
        tracks = source if "track_id" in source else source.assign(track_id=[str(i) for i in range(len(source))])
        found = compute_features(
            tracks, condition=None, extractor=extractor, clock=lambda stage: nullcontext(), verbose=verbose, **options
        )
        return _described(found, tracks, labels, condition, perhaps)
    if describe:
        raise ValueError(f"describe={describe!r} goes with a track table: this one holds numbers already")
    return _numbers(source, labels, condition, perhaps)


def _described(found, tracks, labels, condition, perhaps):
    given, labels = _known(tracks, labels, condition, perhaps)
    reasons = dict(zip(tracks["track_id"], found.reasons, strict=True))
    aside = {name: reasons[name] for name in tracks["track_id"][~found.usable]}
    features = found.features
    known = given[found.usable].set_axis(pd.Index(tracks["track_id"][found.usable].astype(str), name="track_id"))
    return Data(features.to_numpy(np.float32), list(features), known, labels, aside, list(found.notes))


def _numbers(source, labels, condition, perhaps):
    """Take a table of numbers; a column of it that is a label or a condition is no feature."""
    table = source if isinstance(source, pd.DataFrame) else pd.DataFrame(np.asarray(source))
    known, labels = _known(table, labels, condition, perhaps)
    features = table.drop(columns=[name for name in known if name in table])
    try:
        values = features.to_numpy(np.float32, na_value=np.nan)
    except (ValueError, TypeError) as error:
        text = [name for name in features if not pd.api.types.is_numeric_dtype(features[name])]
        raise ValueError(f"columns {text} are no numbers: drop them, or name them in labels") from error
    if np.isinf(values).any():
        raise ValueError("the table holds infinite values: replace them, or make them NaN")
    if not values.shape[1]:
        raise ValueError("the table has no feature: all of its columns are labels or conditions")
    columns = [str(name) if "__" in str(name) else f"features__{name}" for name in features]
    usable = ~np.isnan(values).all(axis=1)
    if usable.sum() < FEWEST:
        raise ValueError(f"only {usable.sum()} of {len(values)} rows hold a number; at least {FEWEST} are needed")
    ids = pd.Index([str(name) for name in table.index], name="track_id")
    aside = dict.fromkeys(ids[~usable], "no feature")
    return Data(values[usable], columns, known[usable].set_axis(ids[usable]), labels, aside)


def _known(table, labels, condition, perhaps):
    """Columns to compare with and to condition on, and the names of the former."""
    given = labels if isinstance(labels, dict) else {}
    if labels is None:
        labels = [name for name in LABELS if name in table and table[name].nunique() >= 2]
    labels = [labels] if isinstance(labels, str) else list(labels)
    known = pd.DataFrame(index=table.index)
    for name in dict.fromkeys([*labels, *condition, *(name for name in perhaps if name in table or name in given)]):
        if name in given:
            values = np.asarray(given[name], dtype=object)
            if values.shape != (len(table),):
                raise ValueError(f"labels[{name!r}] has shape {values.shape}, the table has {len(table)} rows")
        elif name in table:
            values = table[name].to_numpy(dtype=object)
        else:
            what = "label" if name in labels else "condition"
            raise ValueError(f"{what} {name!r} is no column of the table: it has {', '.join(map(repr, table))[:200]}")
        known[name] = pd.Series(values, index=table.index, dtype=object).map(str, na_action="ignore")
    return known, labels
