"""AudioEmbedder: embeddings of recordings by a pretrained audio model."""

import os
from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from ..decoding._decode import MIN_SECONDS
from ..decoding._inputs import as_sources
from ..execution._estimator import RECORDING_CONSTRAINTS, format_output, set_recording_tags
from ..execution._parallel import uses_processes
from ..execution._runner import Batching, ExtractionRunner
from ._encoders import FunctionEncoder, PretrainedEncoder, make_worker_encoder
from ._row_encoder import RowEncoder
from ._windows import all_windows
from .models import PRETRAINED_MODELS
from .models._selection import check_installed, find_model


class AudioEmbedder(TransformerMixin, BaseEstimator):
    """Compute embeddings of recordings with a pretrained audio model.

    Each recording becomes one row. It is decoded and trimmed as in :class:`AudioFeatureExtractor`, at the sample rate
    of the model, and divided into windows. The row is the mean of the vectors of the windows. A recording that cannot
    be used becomes a row of NaN and is reported with the reason. It does not affect other rows.

    Parameters
    ----------
    model : str, path-like or callable
        One of the following:

        - Short name of a model in ``skvae.audio.PRETRAINED_MODELS``, such as "musicnn".
        - Name of an audio model on the Hugging Face Hub. `fit` downloads the model if it is not on this machine.
        - Local folder with a model of the transformers library. The weights must be in the safetensors format.
        - Function ``function(samples, sample_rate)`` that returns the vector of a window. ``samples`` is a float32
          array of shape (n_samples,) with values between about -1 and 1.
    offset : float, default=0.0
        Number of seconds to skip at the start of a recording.
    duration : float or None, default=30.0
        Number of seconds of a recording to use. None means the whole recording after `offset`.
    excerpts : int or None, default=None
        Number of excerpts over which `duration` is spread, as in :class:`AudioFeatureExtractor`. None uses the seconds
        from `offset` to ``offset + duration``. Ignored if `duration` is None.
    window : float or None, default=None
        Length of a window in seconds, at most the input length of the model. None means the length that the registry
        recommends for a short name (3.008 for "musicnn"), and 10.0 for all others. Windows are evenly spaced over each
        excerpt. They overlap if the length of the excerpt is not a multiple of `window`. A shorter excerpt is one
        window without padding.
    layer : int, str or None, default=None
        Index of the hidden state that is averaged over time. 0 is the input of the first layer. None uses the default
        vector of the model family. For CLAP, this is the projection shared with text. For AST, it is the pooled output.
        For all others (wav2vec 2.0, HuBERT, WavLM, MERT, ...), it is the mean of the last hidden state over time. Inner
        layers of these models are often better for music. For musicnn, `layer` is "penultimate" (200 units, the
        default), "mean_pool" or "max_pool" (753 channels of the convolutions, mean or maximum over time). Must be None
        for CLAP and for a function.
    sample_rate : int or None, default=None
        Sample rate, in hertz, of the windows that are passed to a function. None means 22050. Must be None for a
        pretrained model, which defines its own rate.
    normalize : bool, default=False
        Whether to scale each row to length 1.
    batch_size : int, default=8
        Maximum number of windows per model call. Short recordings share a call. It changes the rows only by rounding
        errors below 1e-5 of the largest value.
    device : str, default="auto"
        Device of a pretrained model, such as "cpu" or "cuda". "auto" selects CUDA if available, otherwise Apple's
        MPS, otherwise the CPU.
    local_files_only : bool, default=False
        Whether to use only models on this machine, without downloads.
    trust_remote_code : bool, default=False
        Whether to run code that is part of a model, as with MERT. If False, such a model raises an error.
    timeout : float or None, default=300.0
        Maximum number of seconds for decoding a file. Files that take longer fail. Files are decoded in a subprocess,
        so that a crash or hang of a decoder affects only one row. None decodes in the same process, without a limit.
    on_error : {"warn", "raise", "ignore"}, default="warn"
        Handling of recordings that fail in `transform` and `fit_transform`: issue one `ExtractionWarning` that lists
        them, raise a ValueError for the first, or ignore them.
    memory : str, path-like, AudioCache, joblib.Memory or None, default=None
        Cache folder of the rows of a pretrained model, see :class:`~skvae.audio.AudioCache`. Recordings are identified
        by their content: moved files are found again, and changed files are processed again. None disables the cache.
        Must be None for a function.
    n_jobs : int or None, default=None
        Number of parallel processes. None means 1 unless in a ``joblib.parallel_config`` context. -1 uses all
        processors. On a CPU, each process decodes recordings, runs a pretrained model with an equal share of the
        processors, and holds a copy of the model in memory. A model on a GPU and a function run in the main process,
        while `n_jobs` processes decode the next recordings.
    verbose : int or bool, default=0
        Whether to show a progress bar if the output is a terminal.

    Attributes
    ----------
    sample_rate_ : int
        Sample rate of the input of the model, in hertz. Arrays without a rate are assumed to have it.
    tags_ : tuple of str
        Tags whose probabilities `extract_with_tags` returns. Empty if the model does not predict tags.
    failed_ : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row``, ``path`` and ``reason`` of the recordings that failed in the last `fit_transform`.
    seconds_ : ndarray of shape (n_recordings,)
        Seconds of sound that each row of the last `fit_transform` describes. 0 for recordings that failed.

    See Also
    --------
    AudioFeatureExtractor : Descriptors that require no model.
    skvae.LyricsEmbedder : Embeddings of lyrics.
    skvae.make_track_features : Combine audio and lyrics, with ``audio=AudioEmbedder(...)``.

    Notes
    -----
    A pickle contains the name of the model, not its weights. The first call of `transform` loads the weights again.

    References
    ----------
    Wu et al., "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption
    augmentation", ICASSP, 2023 (CLAP). Li et al., "MERT: acoustic music understanding model with large-scale
    self-supervised training", ICLR, 2024. Gong et al., "AST: audio spectrogram transformer", Interspeech, 2021.
    Baevski et al., "wav2vec 2.0: a framework for self-supervised learning of speech representations", NeurIPS, 2020.
    Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR, 2019.

    Examples
    --------
    The model of this example is a function. A name such as ``"musicnn"`` loads a pretrained model.

    >>> import numpy as np
    >>> from skvae import AudioEmbedder
    >>> def loudest_frequency(samples, sample_rate):
    ...     spectrum = np.abs(np.fft.rfft(samples))
    ...     return [spectrum.argmax() * sample_rate / len(samples), np.abs(samples).max()]
    >>> time = np.arange(3 * 22050) / 22050
    >>> low, high = (np.sin(2 * np.pi * pitch * time) for pitch in (220, 880))
    >>> embedder = AudioEmbedder(loudest_frequency, window=1.0, on_error="ignore")
    >>> embedder.fit_transform([low, high, None]).round()
    array([[220.,   1.],
           [880.,   1.],
           [ nan,  nan]], dtype=float32)
    >>> embedder.get_feature_names_out()
    array(['embedding00', 'embedding01'], dtype=object)
    """

    _parameter_constraints: dict = {
        **RECORDING_CONSTRAINTS,
        "model": [str, os.PathLike, callable],
        "window": [Interval(Real, MIN_SECONDS, None, closed="left"), None],
        "layer": [Integral, str, None],
        "sample_rate": [Interval(Integral, 1000, None, closed="left"), None],
        "normalize": ["boolean"],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "device": [str],
        "local_files_only": ["boolean"],
        "trust_remote_code": ["boolean"],
    }

    def __init__(
        self,
        model,
        *,
        offset=0.0,
        duration=30.0,
        excerpts=None,
        window=None,
        layer=None,
        sample_rate=None,
        normalize=False,
        batch_size=8,
        device="auto",
        local_files_only=False,
        trust_remote_code=False,
        timeout=300.0,
        on_error="warn",
        memory=None,
        n_jobs=None,
        verbose=0,
    ):
        self.model = model
        self.offset = offset
        self.duration = duration
        self.excerpts = excerpts
        self.window = window
        self.layer = layer
        self.sample_rate = sample_rate
        self.normalize = normalize
        self.batch_size = batch_size
        self.device = device
        self.local_files_only = local_files_only
        self.trust_remote_code = trust_remote_code
        self.timeout = timeout
        self.on_error = on_error
        self.memory = memory
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Load the model and validate the format of X. No audio is read.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Paths and URLs. A list can also contain binary file objects, arrays of samples at the rate of the model,
            tuples (samples, rate) and :class:`~skvae.audio.AudioSegment`. None, NaN and "" mean that there is no
            audio. Samples are floats between -1 and 1 or signed integers. Their shape is (n_samples,), or they have a
            second, shorter axis of channels.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        OSError
            If the model is not on this machine and cannot be downloaded, or has no weights in the safetensors format.
            The message contains the command that installs the model.
        ValueError
            If a name without "/" is not in the registry, if the model requires ``trust_remote_code=True``, or if
            parameters do not fit the model.
        """
        as_sources(X, 1)  # validated before a model is downloaded
        if callable(self.model):
            for name in ("layer", "memory"):
                if getattr(self, name) is not None:
                    raise ValueError(
                        f"{name}={getattr(self, name)!r} requires a pretrained model, but model is a function. "
                        f"Use {name}=None."
                    )
        elif self.sample_rate is not None:
            raise ValueError(
                f"sample_rate={self.sample_rate} cannot be set for a pretrained model, which defines its own rate. "
                "Use sample_rate=None."
            )
        self._encoder = self._make_encoder()
        window = self._window_seconds()
        if window > self._encoder.max_seconds:
            raise ValueError(
                f"window={window:g} is longer than the input of the model. Use at most {self._encoder.max_seconds:g} s."
            )
        self.sample_rate_, self.tags_ = self._encoder.sample_rate, self._encoder.tags
        probe = np.random.default_rng(0).normal(scale=0.1, size=(1, round(window * self.sample_rate_)))
        self._n_features_out = self._encoder(probe.astype(np.float32)).shape[1] - len(self._encoder.tags)
        for result_of_last_fit in ("failed_", "seconds_"):
            vars(self).pop(result_of_last_fit, None)
        return self

    def fit_transform(self, X, y=None):
        """Embed recordings. Store failures in `failed_` and the seconds of sound in `seconds_`.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings, see `fit`.
        y : None
            Ignored.

        Returns
        -------
        table : ndarray of shape (n_recordings, n_features), float32
            Embeddings. Rows of recordings that failed are NaN.
        """
        self.fit(X)
        extraction = self._runner().run(X, self.on_error)
        self.failed_, self.seconds_ = extraction.failures, extraction.seconds.to_numpy(copy=True)
        return format_output(self, self._drop_tags(extraction).table)

    def transform(self, X):
        """Embed recordings.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings, see `fit`.

        Returns
        -------
        table : ndarray of shape (n_recordings, n_features), float32
            Embeddings. Rows of recordings that failed are NaN.
        """
        self._validate_params()
        return format_output(self, self._drop_tags(self._runner().run(X, self.on_error)).table)

    def extract(self, X):
        """Embed recordings, and return the failures together with the table.

        Recordings that fail cause neither a warning nor an error, regardless of `on_error`.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings, see `fit`.

        Returns
        -------
        extraction : Extraction
            Named tuple (table, failures, seconds).

        Examples
        --------
        >>> import numpy as np
        >>> from skvae import AudioEmbedder
        >>> def loudness(samples, sample_rate):
        ...     return [np.sqrt(np.mean(samples**2))]
        >>> noise = np.random.default_rng(0).normal(scale=0.1, size=44100)
        >>> embedder = AudioEmbedder(loudness, window=1.0).fit([noise])
        >>> table, failures, seconds = embedder.extract([noise, "missing.mp3"])
        >>> table.round(1)
           embedding00
        0          0.1
        1          NaN
        >>> failures
           row         path          reason
        0    1  missing.mp3  file not found
        """
        self._validate_params()
        return self._drop_tags(self._runner().run(X, "ignore"))

    def extract_with_tags(self, X):
        """Embed recordings, and return the probabilities of tags together with the result of `extract`.

        Embeddings and tags are computed in one pass. With `memory`, both are stored, so that a later call of
        `transform` or of this method only reads them.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings, see `fit`.

        Returns
        -------
        extraction : Extraction
            Named tuple (table, failures, seconds), as returned by `extract`.
        tags : DataFrame of shape (n_recordings, n_tags), float32
            Probability of each tag, averaged over windows. The columns are the tags. The probabilities do not sum to 1,
            because a recording can have several tags. Rows of recordings that failed are NaN.

        Raises
        ------
        ValueError
            If the model does not predict tags.
        """
        self._validate_params()
        runner = self._runner()
        tags = self._encoder.tags
        if not tags:
            with_tags = [model.name for model in PRETRAINED_MODELS.values() if model.tags]
            raise ValueError(f"model={self.model!r} does not predict tags. Use one of {', '.join(with_tags)}.")
        extraction = runner.run(X, "ignore")
        table = extraction.table.iloc[:, self._n_features_out :].set_axis(list(tags), axis=1)
        return self._drop_tags(extraction), table

    def get_feature_names_out(self, input_features=None):
        """Return the column names, such as ``embedding007``.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (n_features,), object
            One name for each element of the vectors.
        """
        check_is_fitted(self)
        digits = max(2, len(str(self._n_features_out - 1)))
        return np.array([f"embedding{i:0{digits}d}" for i in range(self._n_features_out)], dtype=object)

    def _make_encoder(self):
        if callable(self.model):
            return FunctionEncoder(self.model, self.sample_rate or 22050)
        model = find_model(self.model)
        if model is not None:
            check_installed(model)
            if model.folder is not None:
                from .musicnn._encoder import MusicNNEncoder

                return MusicNNEncoder(model.name, model.folder, model.tags, self.layer, self.device)
        return PretrainedEncoder(
            self.model if model is None else model.hub_name,
            self.layer,
            self.device,
            self.local_files_only,
            self.trust_remote_code,
            self.verbose,
            None if model is None else model.revision,
        )

    def _window_seconds(self):
        """Return the length of a window in seconds."""
        if self.window is not None:
            return self.window
        model = find_model(self.model)
        return 10.0 if model is None else model.window

    def _runner(self):
        """Return the `ExtractionRunner` with the current parameters. Its columns are the embedding and the tags."""
        columns = self.get_feature_names_out()
        if not hasattr(self, "_encoder"):  # removed by pickling
            self._encoder = self._make_encoder()
        encoder, window = self._encoder, self._window_seconds()
        worker_encoder = make_worker_encoder(encoder) if uses_processes(self.n_jobs) else None
        length = round(window * self.sample_rate_)
        rows = RowEncoder(worker_encoder or encoder, length, self.batch_size, self.normalize, len(encoder.tags))
        if worker_encoder is None:
            describe, batching = partial(all_windows, length=length), Batching(self.batch_size, rows.encode)
        else:
            describe, batching = rows.encode_excerpts, None
        return ExtractionRunner(
            columns=[*columns, *(f"tag {tag}" for tag in encoder.tags)],
            describe=describe,
            batching=batching,
            key=(type(self).__name__, (encoder.key(), window, self.normalize)),
            sample_rate=self.sample_rate_,
            offset=self.offset,
            duration=self.duration,
            excerpts=self.excerpts,
            timeout=self.timeout,
            memory=self.memory,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
            title="audio" if callable(self.model) else f"audio, {self.model}",
        )

    def _drop_tags(self, extraction):
        """Return the result of the runner without the columns of tags."""
        if not self._encoder.tags:
            return extraction
        return extraction._replace(table=extraction.table.iloc[:, : self._n_features_out].copy())

    def __getstate__(self):
        # The encoder can contain a torch model, and is created again from the parameters.
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_encoder"}

    def __sklearn_tags__(self):
        return set_recording_tags(super().__sklearn_tags__())
