"""What transformers of recordings share: parameters, kinds of input, processes, cache, failures, forms of output."""

import os
import warnings
from functools import partial
from numbers import Integral, Real

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils._set_output import _get_output_config

from ..decoding._decode import MIN_SECONDS
from ..decoding._inputs import as_sources, path_of
from ._cache import AudioCache, as_cache
from ._parallel import spread
from ._results import Extraction, ExtractionWarning, sentence
from ._rows import Row, Work


class AudioTransformer(TransformerMixin, BaseEstimator):
    """A column of recordings in, one row of float32 for each out; what cannot be used is a row of NaN with a reason.

    A subclass has the parameters below, `fit`, which calls `_forget`, `get_feature_names_out`, and

    - `_rate()`: hertz of what it hears, and of arrays without a rate;
    - `_description()`: a picklable function that workers call with the decoded excerpts of a recording, and what the
      values depend on beside the parameters of decoding, as something whose `repr` tells it from others;
    - `_batched()`, if the function gives no rows yet: the number of recordings whose results are held in memory, and a
      function from a list of these results to a list of rows, called in this process.
    """

    _parameter_constraints: dict = {
        "offset": [Interval(Real, 0, None, closed="left")],
        "duration": [Interval(Real, MIN_SECONDS, None, closed="left")],
        "excerpts": [Interval(Integral, 1, None, closed="left"), None],
        "timeout": [Interval(Real, 0, None, closed="neither"), None],
        "on_error": [StrOptions({"raise", "warn", "ignore"})],
        "memory": [str, os.PathLike, AudioCache, joblib.Memory, None],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def fit_transform(self, X, y=None):
        """Describe recordings, and keep which failed in `failed_` and how much was heard in `seconds_`.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            As for `fit`.
        y : None
            Ignored.

        Returns
        -------
        table : ndarray of shape (n_recordings, n_features), float32
            Rows that failed are NaN.
        """
        self.fit(X)
        extraction = self._extract(X, self.on_error)
        self.failed_, self.seconds_ = extraction.failures, extraction.seconds.to_numpy(copy=True)
        return self._in_output_format(extraction)

    def transform(self, X):
        """Describe recordings.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            As for `fit`.

        Returns
        -------
        table : ndarray of shape (n_recordings, n_features), float32
            Rows that failed are NaN.
        """
        self._validate_params()
        return self._in_output_format(self._extract(X, self.on_error))

    def extract(self, X):
        """Describe recordings and report on them; never warns or raises because of a recording, whatever `on_error`.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            As for `fit`.

        Returns
        -------
        extraction : Extraction
            The named tuple (table, failures, seconds).

        Examples
        --------
        >>> import numpy as np
        >>> from skvae import AudioFeatureExtractor
        >>> noise = np.random.default_rng(0).normal(scale=0.1, size=44100)
        >>> table, failures, seconds = AudioFeatureExtractor(["rms"]).extract([noise, "missing.mp3"])
        >>> table.round(1)
           rms_mean  rms_std
        0       0.1      0.0
        1       NaN      NaN
        >>> failures
           row         path          reason
        0    1  missing.mp3  file not found
        >>> seconds.tolist()
        [2.0, 0.0]
        """
        self._validate_params()
        return self._extract(X, "ignore")

    def _extract(self, X, on_error):
        from tqdm import tqdm

        names = self.get_feature_names_out()
        sources, index = as_sources(X, self._rate())
        values = np.full((len(sources), len(names)), np.nan, dtype=np.float32)
        seconds = np.zeros(len(sources))
        failures, unkept = [], []
        with tqdm(None, "audio", len(sources), unit="file", disable=None if self.verbose else True) as progress:
            for i, (row, heard, reason, fault) in enumerate(self._rows(sources)):
                progress.update()
                unkept += [fault] * (fault is not None)
                if reason is None:
                    values[i], seconds[i] = row, heard
                    continue
                failures.append((i, path_of(sources[i]), reason))
                if on_error == "raise":
                    break
        if unkept:
            warnings.warn(
                f"memory={self.memory!r}: {len(unkept)} of {len(sources)} rows were computed but could not be stored "
                f"({unkept[0]})",
                stacklevel=4,
            )
        # As objects: pandas' own type of text refuses names of files that are not Unicode.
        failures = pd.DataFrame(failures, columns=["row", "path", "reason"], dtype=object).astype({"row": int})
        if on_error == "raise" and len(failures):
            raise ValueError(sentence(next(failures.itertuples())))
        if on_error == "warn" and len(failures):
            # From the line that called fit_transform or transform, past scikit-learn's wrapper of these.
            warnings.warn(ExtractionWarning(failures, len(sources)), stacklevel=4)
        return Extraction(
            pd.DataFrame(values, index=index, columns=names),
            failures,
            pd.Series(seconds, index=index, name="seconds"),
        )

    def _rows(self, sources):
        """Yield the `Row` of each source, in order."""
        from skvae import __version__

        loading = {name: getattr(self, name) for name in ("offset", "duration", "excerpts")}
        loading["sample_rate"] = self._rate()
        describe, depends_on = self._description()
        key = (type(self).__name__, depends_on, loading, __version__)
        work, batched = Work(loading, describe, as_cache(self.memory), key, self.timeout), self._batched()
        return self._one_by_one(sources, work) if batched is None else self._in_batches(sources, work, *batched)

    def _one_by_one(self, sources, work):
        return spread(work.complete, sources, self.n_jobs, partial(Row, None, 0.0))

    def _in_batches(self, sources, work, n_at_once, to_rows):
        n_at_once = max(n_at_once, 2 * joblib.effective_n_jobs(self.n_jobs))
        for start in range(0, len(sources), n_at_once):
            part = sources[start : start + n_at_once]
            heard = list(spread(work.hear, part, self.n_jobs, lambda reason: (Row(None, 0.0, reason), None, None)))
            values = iter(to_rows([described for _, described, _ in heard if described is not None]))
            for source, (row, described, found) in zip(part, heard, strict=True):
                yield row if described is None else work.finish(source, row, next(values), found)

    def _batched(self):
        return None

    def _forget(self):
        """Drop what the last `fit_transform` reported."""
        for last in ("failed_", "seconds_"):
            self.__dict__.pop(last, None)

    def _in_output_format(self, extraction):
        # scikit-learn's wrapper keeps the index of a DataFrame, not that of a Series.
        if _get_output_config("transform", self)["dense"] == "pandas":
            return extraction.table
        return extraction.table.to_numpy(copy=True)  # pandas' own is read-only

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.no_validation = True
        tags.transformer_tags.preserves_dtype = []
        return tags
