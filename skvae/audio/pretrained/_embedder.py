"""AudioEmbedder: recordings as vectors of a pretrained audio model."""

import os
from collections import defaultdict
from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from ..decoding._decode import MIN_SECONDS
from ..decoding._inputs import as_sources
from ..execution._runner import AudioTransformer
from ._encoders import FunctionEncoder, PretrainedEncoder


class AudioEmbedder(AudioTransformer):
    """Turn recordings into vectors of a pretrained audio model.

    Each recording becomes one row: it is decoded and trimmed as by :class:`AudioFeatureExtractor`, at the rate that the
    model was trained on, and cut into windows; the row is the mean of their vectors. A recording that cannot be used
    becomes a row of NaN and is reported with the reason; it changes no other row.

    Parameters
    ----------
    model : str, path-like or callable
        The hub name of an audio model of the transformers library, which `fit` fetches where it is not on this machine
        yet; a local folder that holds one, with its weights as safetensors; or ``function(samples, sample_rate)`` that
        returns the vector of a window, a float32 array of shape (n_samples,) within about -1 to 1.
    offset : float, default=0.0
        Seconds at the start of a recording that are left out.
    duration : float, default=30.0
        Seconds of a recording that are heard.
    excerpts : int or None, default=None
        None hears the seconds from `offset` to ``offset + duration``; a number spreads `duration` over so many excerpts
        of the recording, as in :class:`AudioFeatureExtractor`.
    window : float, default=10.0
        Seconds of a window, at most what the model reads. Windows are spread evenly over each excerpt and overlap where
        they do not fit in evenly; an excerpt that is shorter is one window, and is not padded.
    layer : int or None, default=None
        Number of the hidden state, 0 being that before the first layer, that is averaged over time. None is the
        family's own vector: for CLAP the projection shared with text, for AST the pooled output, for all others
        (wav2vec 2.0, HuBERT, WavLM, MERT, ...) the last hidden state averaged over time. For music, inner layers of
        these often say more.
    sample_rate : int or None, default=None
        Rate, in hertz, at which a function is given its samples; None is 22050. A pretrained model knows its own.
    normalize : bool, default=False
        Whether to scale every row to length 1.
    batch_size : int, default=8
        Windows that go through the model at once, and recordings held in memory. It changes rows by rounding only: by
        less than 1e-5 of the largest number.
    device : str, default="auto"
        Device of a pretrained model, such as "cpu" or "cuda"; "auto" takes the fastest present.
    local_files_only : bool, default=False
        Never ask the network for a model.
    trust_remote_code : bool, default=False
        Whether code that comes with a model, as with MERT's, may run. Without it such a model is refused.
    timeout : float or None, default=300.0
        Seconds in which a file must be decoded; one that takes longer fails. Files are decoded in a process of their
        own, which may be stopped, and whose crash costs one row. None decodes in the same process, without a limit.
    on_error : {"warn", "raise", "ignore"}, default="warn"
        What `transform` and `fit_transform` do about recordings that fail: one `ExtractionWarning` that lists them, a
        ValueError on the first, or nothing.
    memory : str, path-like, AudioCache, joblib.Memory or None, default=None
        Folder of a cache of rows, for a pretrained model, see :class:`~skvae.audio.AudioCache`. A recording is
        recognised by its content: moved files are found again, changed files heard anew.
    n_jobs : int or None, default=None
        Number of processes that decode; None is 1 unless in a ``joblib.parallel_config`` context, -1 is all processors.
    verbose : int or bool, default=0
        Whether a terminal shows a progress bar.

    Attributes
    ----------
    sample_rate_ : int
        Rate, in hertz, of what the model hears; arrays without a rate are taken to be at it.
    failed_ : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row``, ``path`` and ``reason`` of the recordings that failed in the last `fit_transform`.
    seconds_ : ndarray of shape (n_recordings,)
        Seconds of sound that each row describes, in the last `fit_transform`; 0 where it failed.

    See Also
    --------
    AudioFeatureExtractor : Descriptors that need no model.
    skvae.LyricsEmbedder : The same for texts.
    skvae.make_track_features : Takes it as ``audio=AudioEmbedder(...)``.

    Notes
    -----
    A pickle holds the name of a model, not its weights: they are loaded again at the first `transform`.

    References
    ----------
    Wu et al., "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption
    augmentation", ICASSP, 2023 (CLAP). Li et al., "MERT: acoustic music understanding model with large-scale
    self-supervised training", ICLR, 2024. Gong et al., "AST: audio spectrogram transformer", Interspeech, 2021.
    Baevski et al., "wav2vec 2.0: a framework for self-supervised learning of speech representations", NeurIPS, 2020.

    Examples
    --------
    Any function of samples and their rate will do; a name such as ``"laion/larger_clap_music"`` loads a real model.

    >>> import numpy as np
    >>> from skvae import AudioEmbedder
    >>> def loudest(samples, sample_rate):
    ...     spectrum = np.abs(np.fft.rfft(samples))
    ...     return [spectrum.argmax() * sample_rate / len(samples), np.abs(samples).max()]
    >>> time = np.arange(3 * 22050) / 22050
    >>> low, high = (np.sin(2 * np.pi * pitch * time) for pitch in (220, 880))
    >>> embedder = AudioEmbedder(loudest, window=1.0, on_error="ignore")
    >>> embedder.fit_transform([low, high, None]).round()
    array([[220.,   1.],
           [880.,   1.],
           [ nan,  nan]], dtype=float32)
    >>> embedder.get_feature_names_out()
    array(['embedding00', 'embedding01'], dtype=object)
    """

    _parameter_constraints: dict = {
        **AudioTransformer._parameter_constraints,
        "model": [str, os.PathLike, callable],
        "window": [Interval(Real, MIN_SECONDS, None, closed="left")],
        "layer": [Integral, None],
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
        window=10.0,
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
        """Load the model; nothing is learned from the recordings, and none is read.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Paths and URLs; or, in a list, binary file objects, tuples (samples, rate), arrays of samples at the model's
            rate and :class:`~skvae.audio.AudioSegment`. None, NaN and "" stand for no audio. Samples are floats within
            -1 to 1 or signed integers, of shape (n_samples,) or with a second, shorter axis of channels.
        y : None
            Ignored.

        Returns
        -------
        self : AudioEmbedder
            The fitted embedder.

        Raises
        ------
        OSError
            If the model is neither on this machine nor can be fetched, or has no weights as safetensors.
        ValueError
            If the model needs ``trust_remote_code=True``, or does not go with the other parameters.
        """
        as_sources(X, 1)  # before a model is fetched
        if callable(self.model):
            for name in ("layer", "memory"):
                if getattr(self, name) is not None:
                    raise ValueError(
                        f"{name}={getattr(self, name)!r} goes with a pretrained model, not with a function"
                    )
        elif self.sample_rate is not None:
            raise ValueError(f"sample_rate={self.sample_rate}: a pretrained model has its own rate, leave it at None")
        self._encoder = self._make_encoder()
        if self.window > self._encoder.longest:
            raise ValueError(f"window={self.window:g}: the model reads {self._encoder.longest:g} s at most")
        self.sample_rate_ = self._encoder.sample_rate
        probe = np.random.default_rng(0).normal(scale=0.1, size=(1, round(self.window * self.sample_rate_)))
        self._n_features_out = self._encoder(probe.astype(np.float32)).shape[1]
        self._forget()
        return self

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, such as ``embedding007``.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (n_features,), object
            One for each number of the model's vector.
        """
        check_is_fitted(self)
        digits = max(2, len(str(self._n_features_out - 1)))
        return np.array([f"embedding{i:0{digits}d}" for i in range(self._n_features_out)], dtype=object)

    def _make_encoder(self):
        if callable(self.model):
            return FunctionEncoder(self.model, self.sample_rate or 22050)
        return PretrainedEncoder(
            self.model, self.layer, self.device, self.local_files_only, self.trust_remote_code, self.verbose
        )

    def _rate(self):
        return self.sample_rate_

    def _description(self):
        if not hasattr(self, "_encoder"):  # after unpickling
            self._encoder = self._make_encoder()
        length = round(self.window * self.sample_rate_)
        return partial(_all_windows, length=length), (self._encoder.key(), self.window, self.normalize)

    def _batched(self):
        return self.batch_size, self._embed

    def _embed(self, recordings):
        """Return the rows of recordings, of which each is a list of windows."""
        by_length = defaultdict(list)  # windows of one length go through the model without padding
        for i, windows in enumerate(recordings):
            for window in windows:
                by_length[len(window)].append((i, window))
        vectors = [[] for _ in recordings]
        for group in by_length.values():
            for start in range(0, len(group), self.batch_size):
                owners, windows = zip(*group[start : start + self.batch_size], strict=True)
                for i, vector in zip(owners, self._encoder(np.stack(windows)), strict=True):
                    vectors[i].append(vector)
        with np.errstate(invalid="ignore"):  # infinite numbers make the row a failure
            rows = [np.mean(each, axis=0, dtype=np.float64) for each in vectors]
            return [row / (np.linalg.norm(row) or 1.0) for row in rows] if self.normalize else rows

    def __getstate__(self):
        # The encoder may hold a torch model, and is built again from the parameters.
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_encoder"}


def _all_windows(signals, length):
    """Cut excerpts into windows."""
    return [window for signal in signals for window in _windows(signal, length)]


def _windows(signal, length):
    """Cut a signal into windows of equal length from its first sample to its last; a short one is a window itself."""
    n = int(np.ceil(len(signal) / length - 0.01))  # a hundredth of a window is not worth one more
    if n <= 1:
        return [signal[:length]]
    return [signal[start : start + length] for start in np.linspace(0, len(signal) - length, n).round().astype(int)]
