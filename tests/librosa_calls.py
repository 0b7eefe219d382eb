"""Descriptors computed by librosa, and the tolerances of the comparison."""

import librosa
import numpy as np

SCALES = {
    "mfcc": 100,
    "mfcc13": 100,
    "mfcc40": 100,
    "mfcc_delta": 10,
    "mfcc13_delta": 10,
    "mfcc40_delta": 10,
    "mfcc_delta2": 10,
    "mfcc13_delta2": 10,
    "mfcc40_delta2": 10,
    "mel": 80,
    "mel64": 80,
    "contrast": 80,
    "chroma": 1,
    "chroma_cqt": 1,
    "chroma_cens": 1,
    "tonnetz": 1,
    "centroid": 10_000,
    "bandwidth": 10_000,
    "rolloff": 10_000,
    "flatness": 1,
    "flux": 1,
    "zero_crossing_rate": 1,
    "rms": 1,
    "harmonic": 1,
    "percussive": 1,
    "onset": 10,
    "tempo": 100,
    "local_tempo": 100,
    "tempogram": 1,
    "tempogram_ratio": 1,
}
"""Scale of the differences of a descriptor, in its unit. Tolerances are relative to this scale."""

DISCRETE = {"rolloff", "tempo", "local_tempo"}
"""Descriptors with discrete values, which may differ in very few frames."""

f = librosa.feature


def from_samples(y, rate):
    """Return functions without arguments that compute the descriptors from samples with librosa, by name."""

    def change():
        spectra = librosa.util.normalize(np.abs(librosa.stft(y)), norm=2, axis=0)
        return np.pad(np.linalg.norm(np.diff(spectra, axis=1), axis=0), (1, 0))[None]

    def part(i):
        return f.rms(S=librosa.decompose.hpss(np.abs(librosa.stft(y)))[i])

    calls = {
        "contrast": lambda: f.spectral_contrast(y=y, sr=rate),
        "chroma": lambda: f.chroma_stft(y=y, sr=rate, tuning=0.0),
        "chroma_cqt": lambda: f.chroma_cqt(y=y, sr=rate, tuning=0.0),
        "chroma_cens": lambda: f.chroma_cens(y=y, sr=rate, tuning=0.0),
        "tonnetz": lambda: f.tonnetz(y=y, sr=rate, tuning=0.0),
        "centroid": lambda: f.spectral_centroid(y=y, sr=rate),
        "bandwidth": lambda: f.spectral_bandwidth(y=y, sr=rate),
        "rolloff": lambda: f.spectral_rolloff(y=y, sr=rate),
        "flatness": lambda: f.spectral_flatness(y=y),
        "flux": change,
        "zero_crossing_rate": lambda: f.zero_crossing_rate(y),
        "rms": lambda: f.rms(y=y),
        "harmonic": lambda: part(0),
        "percussive": lambda: part(1),
        "onset": lambda: librosa.onset.onset_strength(y=y, sr=rate)[None],
        "tempo": lambda: f.tempo(y=y, sr=rate),
        "local_tempo": lambda: f.tempo(y=y, sr=rate, aggregate=None)[None],
        "tempogram": lambda: f.tempogram(y=y, sr=rate),
        "tempogram_ratio": lambda: f.tempogram_ratio(y=y, sr=rate),
        "mel": lambda: librosa.power_to_db(f.melspectrogram(y=y, sr=rate)),
        "mel64": lambda: librosa.power_to_db(f.melspectrogram(y=y, sr=rate, n_mels=64)),
    }
    return calls | _cepstra(lambda n: f.mfcc(y=y, sr=rate, n_mfcc=n))


def from_spectrum(spectrum):
    """Return functions without arguments that compute the descriptors from a spectrum with librosa, by name.

    The computation uses double precision.
    """
    rate, power = spectrum.sample_rate, spectrum.power.astype(np.float64)
    S, C, onset = np.sqrt(power), spectrum.cqt.astype(np.float64), spectrum.onset

    def change():
        spectra = librosa.util.normalize(S, norm=2, axis=0)
        return np.pad(np.linalg.norm(np.diff(spectra, axis=1), axis=0), (1, 0))[None]

    def bands(n):
        return librosa.power_to_db(f.melspectrogram(S=power, sr=rate, n_mels=n))

    calls = {
        "contrast": lambda: f.spectral_contrast(S=S, sr=rate),
        "chroma": lambda: f.chroma_stft(S=power, sr=rate, tuning=0.0),
        "chroma_cqt": lambda: f.chroma_cqt(C=C, sr=rate),
        "chroma_cens": lambda: f.chroma_cens(C=C, sr=rate),
        "tonnetz": lambda: f.tonnetz(chroma=f.chroma_cqt(C=C, sr=rate), sr=rate),
        "centroid": lambda: f.spectral_centroid(S=S, sr=rate),
        "bandwidth": lambda: f.spectral_bandwidth(S=S, sr=rate),
        "rolloff": lambda: f.spectral_rolloff(S=S, sr=rate),
        "flatness": lambda: f.spectral_flatness(S=S),
        "flux": change,
        "harmonic": lambda: f.rms(S=librosa.decompose.hpss(S)[0]),
        "percussive": lambda: f.rms(S=librosa.decompose.hpss(S)[1]),
        "onset": lambda: librosa.onset.onset_strength(S=bands(128), sr=rate)[None],
        "tempo": lambda: f.tempo(onset_envelope=onset, sr=rate),
        "local_tempo": lambda: f.tempo(onset_envelope=onset, sr=rate, aggregate=None)[None],
        "tempogram": lambda: f.tempogram(onset_envelope=onset, sr=rate),
        "tempogram_ratio": lambda: f.tempogram_ratio(onset_envelope=onset, sr=rate),
        "mel": lambda: bands(128),
        "mel64": lambda: bands(64),
    }
    return calls | _cepstra(lambda n: f.mfcc(S=bands(128), n_mfcc=n))


def gtzan57(y, rate):
    """Compute the columns of the published GTZAN table with librosa."""
    harmonic, percussive = librosa.effects.hpss(y)
    series = [
        f.chroma_stft(y=y, sr=rate),
        f.rms(y=y),
        f.spectral_centroid(y=y, sr=rate),
        f.spectral_bandwidth(y=y, sr=rate),
        f.spectral_rolloff(y=y, sr=rate),
        f.zero_crossing_rate(y),
        harmonic,
        percussive,
    ]
    tempo, _ = librosa.beat.beat_track(y=y, sr=rate)
    pairs = [(values.mean(dtype=float), values.var(dtype=float)) for values in series]
    coefficients = [(row.mean(dtype=float), row.var(dtype=float)) for row in f.mfcc(y=y, sr=rate)]
    return np.concatenate([np.ravel(pairs), np.ravel(tempo), np.ravel(coefficients)])


def agrees(name, actual, expected, tolerance=1e-4, frames=slice(None)):
    """Return a description of the difference, or an empty string if it is within the tolerance.

    Parameters
    ----------
    name : str
        Name of the descriptor.
    actual, expected : ndarray of the same shape
        Values of the descriptor.
    tolerance : float, default=1e-4
        Tolerance relative to the value plus the scale.
    frames : slice or ndarray of bool, default=slice(None)
        Frames to compare.
    """
    if actual.shape != expected.shape:
        return f"{name} has shape {actual.shape}, not {expected.shape}"
    if not np.isfinite(actual).all():
        return f"{name} is not finite"
    difference = np.abs(actual - expected)[..., frames if actual.ndim == 2 else slice(None)]
    allowed = tolerance * (np.abs(expected)[..., frames if actual.ndim == 2 else slice(None)] + SCALES[name])
    wrong = np.mean(difference > allowed)
    if wrong > (0.001 if name in DISCRETE else 0):
        return f"{name}: {wrong:.2%} of the values differ, by up to {difference.max() / SCALES[name]:.2g} of the scale"
    return ""


def _cepstra(coefficients):
    calls = {}
    for n, name in ((20, "mfcc"), (13, "mfcc13"), (40, "mfcc40")):
        calls[name] = lambda n=n: coefficients(n)
        calls[f"{name}_delta"] = lambda n=n: f.delta(coefficients(n))
        calls[f"{name}_delta2"] = lambda n=n: f.delta(coefficients(n), order=2)
    return calls
