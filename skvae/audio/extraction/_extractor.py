"""AudioFeatureExtractor: feature table of audio descriptors."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from ..._device import resolve_device
from ..decoding._inputs import as_sources
from ..execution._estimator import RECORDING_CONSTRAINTS, format_output, set_recording_tags
from ..execution._parallel import compile_librosa
from ..execution._runner import Batching, ExtractionRunner
from ._presets import PRESETS, Preset
from ._settings import Settings
from ._summary import describe, image_signal


class AudioFeatureExtractor(TransformerMixin, BaseEstimator):
    """Extract audio features: statistics of timbre, harmony, rhythm, brightness, noisiness and loudness.

    Each recording becomes one row. The recording is decoded to mono, and silence at its ends is removed. Descriptors
    are computed for each frame of one shared spectrum. ``skvae.audio.DESCRIPTORS`` lists them. Their values equal those
    of librosa. The `statistics` of the frames are computed in each texture window and averaged over the windows.
    Alternatively, the frames are returned as an image of fixed size.

    A recording that cannot be used (missing, broken, silent, too short or not audio) becomes a row of NaN and is
    reported with the reason. It does not affect other rows. A truncated file is used up to its end.

    Parameters
    ----------
    features : str or list of str, default="default"
        Name of a preset in ``skvae.audio.PRESETS``, or names of descriptors in the order of the columns. ``"default"``
        has 125 columns and gave the best agreement of clusters with genres among the presets compared. ``"mfcc52"``,
        ``"mfcc40"`` and ``"mfcc80"`` are moments of 13, 20 and 40 cepstral coefficients over the whole excerpt.
        ``"gtzan57"`` contains the columns of the published table of GTZAN features, with their names.
    sample_rate : int, default=22050
        Sample rate in hertz to which recordings are resampled, between 16000 and 96000. The features use frequencies up
        to half of it.
    offset : float, default=0.0
        Number of seconds to skip at the start of a recording.
    duration : float or None, default=30.0
        Number of seconds of a recording to use. None means the whole recording after `offset`. Memory is
        proportional to the duration: about 30 MB for 30 s.
    statistics : "auto", list of str or None, default="auto"
        Statistics of the frames of a texture window: ``"mean"``, ``"std"``, ``"var"``, ``"skew"``, ``"kurtosis"`` (0
        for a normal distribution), ``"median"``, ``"min"`` and ``"max"``. Percentiles are written as ``"q25"``. The
        prefix ``"delta_"``, as in ``"delta_std"``, selects the slope over nine frames. "auto" means the statistics of
        the preset, or mean and standard deviation. None returns the frames: a row contains an image of shape
        `output_shape_`, one descriptor row after another.
    window : "auto", float or None, default="auto"
        Length of a texture window in seconds, at least 0.1. An excerpt is divided into equal windows whose length is
        closest to this value. None uses one window per excerpt. "auto" means the window of the preset, or 3 s.
    excerpts : int or None, default=None
        Number of excerpts of equal length over which `duration` is spread. The recording after `offset` is divided into
        this number of equal parts, and only the middle of each part is decoded. Recordings with at most `duration`
        seconds after `offset` are used completely. Excerpts with less than 0.5 s of sound are left out. If
        ``statistics=None``, the excerpts are concatenated. None uses the seconds from `offset` to
        ``offset + duration``. Ignored if `duration` is None.
    n_frames : int or None, default=None
        Number of frames of the image, at least 9. Frames are 512 samples apart. If the sound is longer, its middle is
        used. None means the number of frames in `duration`. Can only be set if ``statistics=None``.
    padding : {"tile", "silence"}, default="tile"
        Padding of the image if the sound is shorter: repeat the sound, or add zeros.
    timeout : float or None, default=300.0
        Maximum number of seconds for decoding a file. Files that take longer fail. Files are decoded in a subprocess,
        so that a crash or hang of a decoder affects only one row. None decodes in the same process, without a limit.
    on_error : {"warn", "raise", "ignore"}, default="warn"
        Handling of recordings that fail in `transform` and `fit_transform`: issue one `ExtractionWarning` that lists
        them, raise a ValueError for the first, or ignore them.
    memory : str, path-like, AudioCache, joblib.Memory or None, default=None
        Cache folder, see :class:`~skvae.audio.AudioCache`. Recordings are identified by their content: moved files are
        found again, and changed files are processed again. None disables the cache.
    n_jobs : int or None, default=None
        Number of parallel processes. None means 1 unless in a ``joblib.parallel_config`` context. -1 uses all
        processors. The values do not depend on it.
    device : str, default="cpu"
        Device of the computation. "cuda", or one of several GPUs such as "cuda:1", computes the mel bands of many
        recordings at once, while `n_jobs` processes decode. It requires ``statistics=None`` and only mel bands, MFCC
        and their deltas. The values differ from those of "cpu" by less than 0.001 dB.
    verbose : int or bool, default=0
        Whether to show a progress bar if the output is a terminal.

    Attributes
    ----------
    output_shape_ : tuple of int
        (n_rows, n_frames) of the image in each row if ``statistics=None``, as `Conv1d` and `Conv2d` expect it.
        Otherwise (n_features,).
    failed_ : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row``, ``path`` and ``reason`` of the recordings that failed in the last `fit_transform`. `fit` reads
        no audio and sets neither this attribute nor `seconds_`.
    seconds_ : ndarray of shape (n_recordings,)
        Seconds of sound that each row of the last `fit_transform` describes. 0 for recordings that failed.

    See Also
    --------
    skvae.make_track_features : Combine audio and lyrics.
    skvae.audio.DESCRIPTORS : Available descriptors.
    skvae.networks.Conv2d : Convolutional network for images of frames.

    Notes
    -----
    A sample is audible if it reaches -60 dB relative to the peak of the excerpt and -80 dB relative to full scale.
    Samples before the first and after the last audible sample are removed. If `duration` covers the recording, silence
    added at its ends therefore changes nothing.

    A change of level adds a constant to the first MFCC and to the mel bands (in dB). It multiplies the RMS and the
    levels of the harmonic and percussive parts. All other descriptors are independent of the level, unless bands fall
    below a power of 1e-10.

    Resampling removes the highest tenth of the frequencies below half of `sample_rate`. Recordings that are stored at
    this rate keep these frequencies. If a collection contains both, the highest contrast band, the flatness and the
    MFCC (about 2 dB) differ between them. Use a `sample_rate` below that of all recordings in this case.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", IEEE Transactions on Speech and Audio
    Processing, 2002 (texture windows).

    Examples
    --------
    >>> import numpy as np
    >>> from skvae import AudioFeatureExtractor
    >>> time = np.arange(3 * 22050) / 22050
    >>> low, high = (np.sin(2 * np.pi * pitch * time) for pitch in (220, 880))
    >>> extractor = AudioFeatureExtractor(["centroid", "rms"], statistics=["mean"], on_error="ignore")
    >>> extractor.fit_transform([low, high, None]).round()
    array([[223.,   1.],
           [885.,   1.],
           [ nan,  nan]], dtype=float32)
    >>> extractor.get_feature_names_out()
    array(['centroid_mean', 'rms_mean'], dtype=object)
    >>> extractor.failed_
       row path    reason
    0    2       no audio
    """

    _parameter_constraints: dict = {
        **RECORDING_CONSTRAINTS,
        "features": [StrOptions(set(PRESETS)), list, tuple],
        "sample_rate": [Interval(Integral, 16000, 96000, closed="both")],
        "statistics": [StrOptions({"auto"}), list, tuple, None],
        "window": [StrOptions({"auto"}), Interval(Real, 0.1, None, closed="left"), None],
        "n_frames": [Interval(Integral, 9, None, closed="left"), None],
        "padding": [StrOptions({"tile", "silence"})],
        "device": [str],
    }

    def __init__(
        self,
        features="default",
        *,
        sample_rate=22050,
        offset=0.0,
        duration=30.0,
        statistics="auto",
        window="auto",
        excerpts=None,
        n_frames=None,
        padding="tile",
        timeout=300.0,
        on_error="warn",
        memory=None,
        n_jobs=None,
        device="cpu",
        verbose=0,
    ):
        self.features = features
        self.sample_rate = sample_rate
        self.offset = offset
        self.duration = duration
        self.statistics = statistics
        self.window = window
        self.excerpts = excerpts
        self.n_frames = n_frames
        self.padding = padding
        self.timeout = timeout
        self.on_error = on_error
        self.memory = memory
        self.n_jobs = n_jobs
        self.device = device
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Validate the parameters and the format of X. No audio is read.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Paths and URLs. A list can also contain binary file objects, arrays of samples at `sample_rate`, tuples
            (samples, rate) and :class:`~skvae.audio.AudioSegment`. None, NaN and "" mean that there is no audio.
            Samples are floats between -1 and 1 or signed integers. Their shape is (n_samples,), or they have a second,
            shorter axis of channels.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If parameters are invalid or do not fit together, or if `X` is a single path or has several columns.
        TypeError
            If a row of `X` has an unsupported type.
        """
        settings = self._settings()
        self._batching(settings)  # raises an error if the device does not support the settings
        self.output_shape_ = settings.shape
        as_sources(X, self.sample_rate)
        for result_of_last_fit in ("failed_", "seconds_"):
            vars(self).pop(result_of_last_fit, None)
        return self

    def fit_transform(self, X, y=None):
        """Extract features. Store failures in `failed_` and the seconds of sound in `seconds_`.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings, see `fit`.
        y : None
            Ignored.

        Returns
        -------
        table : ndarray of shape (n_recordings, n_features), float32
            Feature table. Rows of recordings that failed are NaN.
        """
        self.fit(X)
        extraction = self._runner().run(X, self.on_error)
        self.failed_, self.seconds_ = extraction.failures, extraction.seconds.to_numpy(copy=True)
        return format_output(self, extraction.table)

    def transform(self, X):
        """Extract features of recordings.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Recordings, see `fit`.

        Returns
        -------
        table : ndarray of shape (n_recordings, n_features), float32
            Feature table. Rows of recordings that failed are NaN.
        """
        self._validate_params()
        return format_output(self, self._runner().run(X, self.on_error).table)

    def extract(self, X):
        """Extract features, and return the failures together with the table.

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
        return self._runner().run(X, "ignore")

    def get_feature_names_out(self, input_features=None):
        """Return the column names, such as ``mfcc01_mean``, ``chroma_cens_A_std``, ``tempo`` or ``mel007_0123``.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (n_features,), object
            Name of the descriptor row and the statistic, or the frame if ``statistics=None``. Descriptors without
            frames, such as ``tempo``, have only the name of the row.
        """
        return np.asarray(self._settings().names, dtype=object)

    def _runner(self):
        """Return the `ExtractionRunner` with the current parameters."""
        settings = self._settings()
        return ExtractionRunner(
            columns=np.asarray(settings.names, dtype=object),
            describe=partial(describe if self.device == "cpu" else image_signal, settings=settings),
            batching=self._batching(settings),
            prepare=compile_librosa,
            key=(type(self).__name__, settings),
            sample_rate=self.sample_rate,
            offset=self.offset,
            duration=self.duration,
            excerpts=self.excerpts,
            timeout=self.timeout,
            memory=self.memory,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _batching(self, settings):
        """Return the computation of images on a GPU, or None for the CPU."""
        if self.device == "cpu":
            return None
        from . import _mel_batch

        _mel_batch.check_settings(self.device, settings)
        device = resolve_device(self.device)
        return Batching(_mel_batch.MAX_SAMPLES, partial(_mel_batch.images, settings=settings, device=device))

    def _settings(self):
        """Return the validated `Settings` with the values of the preset."""
        preset = PRESETS[self.features] if isinstance(self.features, str) else Preset(tuple(self.features))
        statistics = preset.statistics if isinstance(self.statistics, str) else self.statistics
        return Settings(
            features=preset.features,
            sample_rate=self.sample_rate,
            offset=self.offset,
            duration=self.duration,
            statistics=None if statistics is None else tuple(statistics),
            window=preset.window if isinstance(self.window, str) else self.window,
            excerpts=self.excerpts,
            n_frames=self.n_frames,
            padding=self.padding,
        )

    def __sklearn_tags__(self):
        tags = set_recording_tags(super().__sklearn_tags__())
        tags.requires_fit = False
        return tags
