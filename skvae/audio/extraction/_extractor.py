"""AudioFeatureExtractor: a collection of recordings -> one table of descriptors."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from .._device import find_device
from ..decoding._inputs import as_sources
from ..execution._runner import AudioTransformer
from ._presets import PRESETS, Preset
from ._summary import Settings, describe, image_signal


class AudioFeatureExtractor(AudioTransformer):
    """Describe recordings by statistics of timbre, harmony, rhythm, brightness, noisiness and loudness.

    Each recording becomes one row. It is decoded to mono, silence is cut off at its ends, and descriptors are computed
    for every frame of one shared spectrum: those in ``skvae.audio.DESCRIPTORS``, with the values that librosa gives.
    `statistics` of the frames are taken inside each texture window and then averaged over the windows; or the frames
    are kept, as an image of fixed size.

    A recording that cannot be used, because its file is missing, broken, silent, too short or not audio, becomes a row
    of NaN and is reported with the reason; it changes no other row. A file that breaks off is used as far as it goes.

    Parameters
    ----------
    features : str or list of str, default="default"
        A name in ``skvae.audio.PRESETS``, or names of descriptors in the order of the columns. ``"default"`` describes
        all of the above, in 125 columns: of the sets compared, its clusters told genres apart best. ``"mfcc52"``,
        ``"mfcc40"`` and ``"mfcc80"`` are moments of 13, 20 and 40 cepstral coefficients over the whole excerpt,
        ``"gtzan57"`` the columns of the published table of GTZAN features, with their names.
    sample_rate : int, default=22050
        Rate, in hertz, to which recordings are resampled; the highest frequency described is half of it. Between 16000
        and 96000.
    offset : float, default=0.0
        Seconds at the start of a recording that are left out.
    duration : float, default=30.0
        Seconds of a recording that are described. Memory grows with it: about 30 MB for 30 s.
    statistics : "auto", list of str or None, default="auto"
        How the frames of a texture window are summarised: ``"mean"``, ``"std"``, ``"var"``, ``"skew"``, ``"kurtosis"``
        (0 for a normal distribution), ``"median"``, ``"min"``, ``"max"``, quantiles in percent such as ``"q25"``; each
        also of the slope over nine frames, as in ``"delta_std"``. "auto" is mean and standard deviation, or what the
        preset says. None keeps the frames: a row holds an image of `output_shape_`, one descriptor row after another.
    window : "auto", float or None, default="auto"
        Length of a texture window in seconds, at least 0.1. An excerpt is cut into that number of equal windows whose
        length comes nearest. None makes each excerpt one window. "auto" is 3 s, or what the preset says.
    excerpts : int or None, default=None
        None describes the seconds from `offset` to ``offset + duration``. A number spreads `duration` over so many
        excerpts of equal length: what follows `offset` is divided into equal parts and the middle of each is decoded,
        nothing else. A recording of no more than `duration` seconds after `offset` is described whole. Excerpts with
        less than 0.5 s of sound are left out. With ``statistics=None`` they stand one after another.
    n_frames : int or None, default=None
        Width of the image with ``statistics=None``, at least 9 frames; None is that of `duration`. A frame is 512
        samples. Of longer sound the middle is kept.
    padding : {"tile", "silence"}, default="tile"
        What fills the image behind sound that is shorter: the same again, or nothing.
    timeout : float or None, default=300.0
        Seconds in which a file must be decoded; one that takes longer fails. Files are decoded in a process of their
        own, which may be stopped, and whose crash costs one row. None decodes in the same process, without a limit.
    on_error : {"warn", "raise", "ignore"}, default="warn"
        What `transform` and `fit_transform` do about recordings that fail: one `ExtractionWarning` that lists them, a
        ValueError on the first, or nothing.
    memory : str, path-like, AudioCache, joblib.Memory or None, default=None
        Folder of a cache, see :class:`~skvae.audio.AudioCache`. A recording is recognised by its content: moved files
        are found again, changed files described anew.
    n_jobs : int or None, default=None
        Number of processes; None is 1 unless in a ``joblib.parallel_config`` context, -1 is all processors. The
        numbers do not depend on it.
    device : str, default="cpu"
        "cuda", or one of several GPUs such as "cuda:1", computes mel bands there, of many recordings at once, while
        `n_jobs` processes decode: for ``statistics=None`` with mel bands, MFCC and their deltas. The numbers are those
        of "cpu" within 0.001 dB.
    verbose : int or bool, default=0
        Whether a terminal shows a progress bar.

    Attributes
    ----------
    output_shape_ : tuple of int
        (rows, frames) of the image that a row of the table holds with ``statistics=None``, as `Conv1d` and `Conv2d`
        expect it; else (n_features,).
    failed_ : pandas.DataFrame of shape (n_failed, 3)
        Columns ``row``, ``path`` and ``reason`` of the recordings that failed in the last `fit_transform`. `fit` alone
        reads no audio and sets neither this nor `seconds_`.
    seconds_ : ndarray of shape (n_recordings,)
        Seconds of sound that each row describes, in the last `fit_transform`; 0 where it failed.

    See Also
    --------
    skvae.make_track_features : Audio and lyrics side by side.
    skvae.audio.DESCRIPTORS : What can be computed.
    skvae.networks.Conv2d : Convolutions over images of frames.

    Notes
    -----
    Silence is what lies before the first and after the last sample that reaches -60 dB of the excerpt's peak and -80 dB
    of full scale. So silence appended to a recording changes nothing, as long as `duration` covers the recording.

    A change of level adds to the first MFCC and to the mel bands (in dB) and multiplies the RMS and the levels of the
    harmonic and the percussive part; every other descriptor is free of it, until bands fall below a power of 1e-10.

    Resampling takes away the last tenth below half of `sample_rate`, which recordings stored at that very rate keep.
    In a collection of both, choose a `sample_rate` below all of theirs; else the highest contrast band, the flatness
    and the MFCC (some 2 dB) tell them apart.

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
        **AudioTransformer._parameter_constraints,
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
        """Check the parameters and the form of X; nothing is learned and no audio is read.

        Parameters
        ----------
        X : array-like of shape (n_recordings,) or DataFrame of shape (n_recordings, 1)
            Paths and URLs; or, in a list, binary file objects, arrays of samples at `sample_rate`, tuples (samples,
            rate) and :class:`~skvae.audio.AudioSegment`. None, NaN and "" stand for no audio. Samples are floats within
            -1 to 1 or signed integers, of shape (n_samples,) or with a second, shorter axis of channels.
        y : None
            Ignored.

        Returns
        -------
        self : AudioFeatureExtractor
            This extractor.
        """
        self.output_shape_ = self._settings().shape
        self._batched()  # names what the device cannot do
        as_sources(X, self.sample_rate)
        self._forget()
        return self

    def get_feature_names_out(self, input_features=None):
        """Names of the columns, such as ``mfcc01_mean``, ``chroma_cens_A_std``, ``tempo`` or ``mel007_0123``.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (n_features,), object
            A descriptor, the row of it where it has several, and the statistic or, with ``statistics=None``, the
            frame; `whole` descriptors such as ``tempo`` have neither.
        """
        return np.asarray(self._settings().names, dtype=object)

    def _rate(self):
        return self.sample_rate

    def _description(self):
        settings = self._settings()
        return partial(describe if self.device == "cpu" else image_signal, settings=settings), settings

    def _batched(self):
        if self.device == "cpu":
            return None
        from . import _mel_batch

        settings = self._settings()
        _mel_batch.check_settings(self.device, settings)
        device = find_device(self.device)
        return _mel_batch.n_at_once(settings), partial(_mel_batch.images, settings=settings, device=device)

    def _settings(self):
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
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
