"""Feature table, labels and conditions of the tracks of a study."""

import logging
import warnings
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..._stage_timer import StageTimer
from ...datasets import FeatureTable
from ...features import BlockScaler, OneHotCondition
from ...features._audio_blocks import DESCRIPTORS
from ...features._columns import group_into_blocks
from ...features.computation._table import convert_feature_table
from ...features.computation._tracks import compute_features
from ...metrics import check_missingness, find_leaks

logger = logging.getLogger(__name__)

DEFAULT_LABELS = ("genre", "language")
MIN_ROWS = 4  # two clusters of two rows


@dataclass(frozen=True)
class Data:
    """Data of a study, shared by all representations.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_features), float32
        Features. NaN if a row has no values for a block.
    columns : list of str
        Feature names, each ``block__name``.
    known : DataFrame of n_rows rows
        Labels and condition columns, indexed by ``track_id``.
    labels : list of str
        Columns of `known` with which clusters are compared.
    set_aside : dict of str to str
        Reason by ``track_id`` for each track without features.
    notes : list of str
        Remarks for readers of the results.
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
        return group_into_blocks(self.columns)

    @cached_property
    def scaler(self):
        """Scaler of the columns, fitted on all rows."""
        return BlockScaler("power").fit(pd.DataFrame(self.values, columns=self.columns))

    @cached_property
    def input_space(self):
        """Array of the input space: standardized columns, equalized blocks, missing values replaced by the mean."""
        scaled = BlockScaler("power", equalize=True).fit_transform(pd.DataFrame(self.values, columns=self.columns))
        return np.nan_to_num(scaled, nan=0.0)

    def positions(self, blocks=()):
        """Return the column positions of some blocks, or of all blocks if `blocks` is empty."""
        return np.sort(np.concatenate([self.blocks[block] for block in blocks or self.blocks]))

    def has_values(self, blocks=()):
        """Return a mask of the rows with at least one value in some blocks."""
        return ~np.isnan(self.values[:, self.positions(blocks)]).all(axis=1)

    def select(self, blocks=(), conditions=()):
        """Return the table to fit: rows with values in some blocks, and one-hot columns of the conditions."""
        positions, rows = self.positions(blocks), self.has_values(blocks)
        frames = [pd.DataFrame(self.values[rows][:, positions], columns=[self.columns[i] for i in positions])]
        for name in conditions:
            if name not in self.known:
                raise ValueError(
                    f"the condition column {name!r} is not in the table. Add it, or use another condition."
                )
            values = self.known[name]
            one_hot = OneHotCondition().fit(values)
            names = [f"{name}__{value}" for value in one_hot.get_feature_names_out()]
            frames.append(pd.DataFrame(one_hot.transform(values[rows]), columns=names))
        return pd.concat(frames, axis=1)

    def standardize(self, values, blocks=()):
        """Standardize values of the columns of some blocks with the statistics of all rows."""
        padded = np.full((len(values), len(self.columns)), np.nan)
        positions = self.positions(blocks)
        padded[:, positions] = values
        return self.scaler.transform(pd.DataFrame(padded, columns=self.columns))[:, positions]

    def leaked_labels(self, blocks=(), conditions=()):
        """Return the labels that some blocks or conditions reveal."""
        features = pd.DataFrame(self.values[:, self.positions(blocks)], index=self.known.index)
        leaks = find_leaks(pd.concat([features, self.known[list(conditions)]], axis=1), self.known[self.labels])
        return {label for label in self.labels if label in conditions or leaks[label]}

    def missingness_warnings(self):
        """Return warnings about labels that can be predicted from the missing blocks."""
        present = {block: self.has_values((block,)) for block in self.blocks}
        if not self.labels or all(rows.all() for rows in present.values()):
            return []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_missingness(present, self.known[self.labels])
        return caught


def read_data(source, *, labels, condition, optional_conditions, describe, offline, n_jobs, memory, verbose):
    """Compute or read the data of a study.

    Parameters
    ----------
    source, labels, condition, describe, offline, n_jobs, verbose
        As in `compare`. The table must contain the columns of `condition`.
    optional_conditions : sequence of str
        Further condition columns, included if the table contains them.
    memory : str or None
        Cache folder of the audio features.

    Returns
    -------
    Data
        Data of the study.
    """
    if isinstance(source, FeatureTable):
        if ignored := sorted(describe.keys() - {"modality"}):
            raise ValueError(
                f"{', '.join(ignored)} cannot be set for a feature table, whose features are already computed. Use a "
                "music library or a track table."
            )
        describe = {"modality": "both"} | describe
        computed = convert_feature_table(source, condition=None, **describe)
        return _from_computed(computed, source.tracks, labels, condition, optional_conditions)
    if isinstance(source, pd.DataFrame) and {"audio", "lyrics"} & set(source):
        options = {"modality": "both", "audio": DESCRIPTORS, "lyrics": "tfidf"} | describe
        tracks = source if "track_id" in source else source.assign(track_id=[str(i) for i in range(len(source))])
        computed = compute_features(
            tracks,
            condition=None,
            timer=StageTimer(),
            offline=offline,
            memory=memory,
            n_jobs=n_jobs,
            verbose=verbose,
            **options,
        )
        return _from_computed(computed, tracks, labels, condition, optional_conditions)
    if describe:
        raise ValueError(
            f"describe={describe!r} requires a track table, but the table already contains features. Use describe=None."
        )
    return _from_numbers(source, labels, condition, optional_conditions)


def _from_computed(computed, tracks, labels, condition, optional_conditions):
    known, labels = _known_columns(tracks, labels, condition, optional_conditions)
    reasons = dict(zip(tracks["track_id"], computed.reasons, strict=True))
    set_aside = {name: reasons[name] for name in tracks["track_id"][~computed.usable]}
    features = computed.features
    index = pd.Index(tracks["track_id"][computed.usable].astype(str), name="track_id")
    known = known[computed.usable].set_axis(index)
    return Data(features.to_numpy(np.float32), list(features), known, labels, set_aside, list(computed.notes))


def _from_numbers(source, labels, condition, optional_conditions):
    """Use a table of numbers. Its label and condition columns are not features."""
    table = source if isinstance(source, pd.DataFrame) else pd.DataFrame(np.asarray(source))
    known, labels = _known_columns(table, labels, condition, optional_conditions)
    features = table.drop(columns=[name for name in known if name in table])
    try:
        values = features.to_numpy(np.float32, na_value=np.nan)
    except (ValueError, TypeError) as error:
        text = [name for name in features if not pd.api.types.is_numeric_dtype(features[name])]
        raise ValueError(f"the columns {text} are not numeric. Drop them, or add them to labels.") from error
    if np.isinf(values).any():
        raise ValueError("the table contains infinite values. Replace them by numbers or NaN.")
    if not values.shape[1]:
        raise ValueError(
            "the table has no feature columns: all of its columns are labels or conditions. Add feature columns."
        )
    columns = [str(name) if "__" in str(name) else f"features__{name}" for name in features]
    usable = ~np.isnan(values).all(axis=1)
    if usable.sum() < MIN_ROWS:
        raise ValueError(f"at least {MIN_ROWS} rows must contain a number, got {usable.sum()} of {len(values)} rows")
    ids = pd.Index([str(name) for name in table.index], name="track_id")
    set_aside = dict.fromkeys(ids[~usable], "no feature")
    return Data(values[usable], columns, known[usable].set_axis(ids[usable]), labels, set_aside)


def _known_columns(table, labels, condition, optional_conditions):
    """Collect the label and condition columns as text, and the names of the labels."""
    arrays = labels if isinstance(labels, dict) else {}
    if labels is None:
        labels = [name for name in DEFAULT_LABELS if name in table and table[name].nunique() >= 2]
    labels = [labels] if isinstance(labels, str) else list(labels)
    optional = [name for name in optional_conditions if name in table or name in arrays]
    known = pd.DataFrame(index=table.index)
    for name in dict.fromkeys([*labels, *condition, *optional]):
        if name in arrays:
            values = np.asarray(arrays[name], dtype=object)
            if values.shape != (len(table),):
                raise ValueError(f"labels[{name!r}] must have shape ({len(table)},), got {values.shape}")
        elif name in table:
            values = table[name].to_numpy(dtype=object)
        else:
            role = "label" if name in labels else "condition"
            columns = ", ".join(map(repr, table))[:200]
            raise ValueError(f"the {role} {name!r} is not a column of the table. Columns: {columns}")
        known[name] = pd.Series(values, index=table.index, dtype=object).map(str, na_action="ignore")
    return known, labels
