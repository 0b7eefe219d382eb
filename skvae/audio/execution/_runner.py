"""Extraction of a feature table from recordings."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..._warnings import warn_caller
from ..decoding._inputs import as_sources, display_path
from ._cache import open_store
from ._parallel import map_ahead, parallel_map, uses_processes
from ._results import Extraction, ExtractionWarning, format_failure
from ._rows import Row, RowComputer


class Batching(NamedTuple):
    """Second step of a computation, in the main process, for many recordings at once.

    Attributes
    ----------
    size : int
        Maximum length of a batch: the sum of ``len(description)`` over its recordings. A longer description forms a
        batch alone.
    to_rows : callable
        Function from a list of descriptions to a list of rows.
    """

    size: int
    to_rows: Callable


@dataclass(frozen=True)
class ExtractionRunner:
    """Compute one row per recording, in parallel, with a cache and a list of failures.

    Parameters
    ----------
    columns : sequence of str
        Column names of the feature table.
    describe : callable
        Picklable function of the decoded excerpts of a recording. It returns the values of a row, or a description with
        a length, from which `batching` computes the row.
    batching : Batching or None
        Computation of rows from descriptions in the main process. Meanwhile, threads decode and describe the next
        recordings. None if `describe` returns the values of a row. Worker processes then compute complete rows.
    key : tuple
        Name of the estimator, and settings on which the values depend in addition to the decoding parameters.
        Different settings must have a different `repr`.
    sample_rate : int
        Sample rate of the decoded excerpts and of arrays without a rate, in hertz.
    offset, duration, excerpts, timeout, memory, n_jobs, verbose : object
        Parameters of the estimator.
    prepare : callable or None, default=None
        Function without parameters that is called before several worker processes call `describe`.
    title : str, default="audio"
        Title of the progress bar.
    """

    columns: object
    describe: Callable
    batching: Batching | None
    key: tuple
    sample_rate: int
    offset: float
    duration: float | None
    excerpts: int | None
    timeout: float | None
    memory: object
    n_jobs: int | None
    verbose: int
    prepare: Callable | None = None
    title: str = "audio"

    def run(self, X, on_error):
        """Compute the feature table of recordings.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings.
        on_error : {"warn", "raise", "ignore"}
            Handling of recordings that fail.

        Returns
        -------
        extraction : Extraction
            Table, failures and seconds.
        """
        from tqdm import tqdm

        sources, index = as_sources(X, self.sample_rate)
        values = np.full((len(sources), len(self.columns)), np.nan, dtype=np.float32)
        seconds = np.zeros(len(sources))
        failures, cache_errors = [], []
        hidden = None if self.verbose else True
        with tqdm(None, self.title, len(sources), unit="file", disable=hidden, leave=False) as progress:
            for i, row in enumerate(self._compute_rows(sources)):
                progress.update()
                cache_errors += [row.cache_error] * (row.cache_error is not None)
                if row.reason is None:
                    values[i], seconds[i] = row.values, row.seconds
                    continue
                failures.append((i, display_path(sources[i]), row.reason))
                if on_error == "raise":
                    break
        if cache_errors:
            warn_caller(
                f"memory={self.memory!r}: {len(cache_errors)} of {len(sources)} rows were computed but could not be "
                f"stored ({cache_errors[0]})"
            )
        # As objects: the string type of pandas rejects file names that are not Unicode.
        failures = pd.DataFrame(failures, columns=["row", "path", "reason"], dtype=object).astype({"row": int})
        if on_error == "raise" and len(failures):
            raise ValueError(format_failure(next(failures.itertuples())))
        if on_error == "warn" and len(failures):
            warn_caller(ExtractionWarning(failures, len(sources)))
        return Extraction(
            pd.DataFrame(values, index=index, columns=self.columns),
            failures,
            pd.Series(seconds, index=index, name="seconds"),
        )

    def _compute_rows(self, sources):
        """Yield the `Row` of each source in order."""
        from skvae import __version__

        decoding = {
            "offset": self.offset,
            "duration": self.duration,
            "excerpts": self.excerpts,
            "sample_rate": self.sample_rate,
        }
        key = (*self.key, decoding, __version__)
        computer = RowComputer(decoding, self.describe, open_store(self.memory), key, self.timeout)
        # Known rows need no worker processes, whose start takes seconds.
        rows = [computer.find_row(source) for source in sources]
        unknown = [source for source, row in zip(sources, rows, strict=True) if row is None]
        if unknown and self.prepare is not None and uses_processes(self.n_jobs):
            self.prepare()
        if self.batching is None:
            computed = parallel_map(computer.compute_row, unknown, self.n_jobs, partial(Row, None, 0.0))
        else:
            computed = self._compute_in_batches(unknown, computer)
        for row in rows:
            yield next(computed) if row is None else row

    def _compute_in_batches(self, sources, computer):
        results = map_ahead(computer.describe_source, sources, self.n_jobs, _lost_description)
        for batch in _batches(zip(sources, results, strict=True), self.batching.size):
            descriptions = [description for _, (_, description, _) in batch if description is not None]
            values = iter(self.batching.to_rows(descriptions))
            for source, (row, description, entry) in batch:
                yield row if description is None else computer.complete_row(source, row, next(values), entry)


def _batches(items, size):
    """Divide pairs of source and result into lists of consecutive pairs, see `Batching`."""
    batch, length = [], 0
    for source, result in items:
        added = 0 if result[1] is None else len(result[1])
        # A batch without descriptions ends at once, so that rows of the cache are not delayed.
        if batch and (length == 0 or length + added > size):
            yield batch
            batch, length = [], 0
        batch.append((source, result))
        length += added
    if batch:
        yield batch


def _lost_description(reason):
    return Row(None, 0.0, reason), None, None
