"""Values against librosa's, and the laws that they keep."""

import warnings

import librosa
import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.audio import DESCRIPTORS, AudioFeatureExtractor
from skvae.audio._spectrum import Spectrum

RATE = 22050
laws = settings(deadline=None, max_examples=15, derandomize=True)
seeds = st.integers(0, 10_000)


def by_librosa(y, rate=RATE):
    """Every descriptor as librosa computes it from samples, each over a transform of its own."""
    f = librosa.feature
    return {
        "mfcc": f.mfcc(y=y, sr=rate),
        "mel": librosa.power_to_db(f.melspectrogram(y=y, sr=rate)),
        "chroma": f.chroma_stft(y=y, sr=rate, tuning=0.0),
        "contrast": f.spectral_contrast(y=y, sr=rate),
        "centroid": f.spectral_centroid(y=y, sr=rate),
        "bandwidth": f.spectral_bandwidth(y=y, sr=rate),
        "rolloff": f.spectral_rolloff(y=y, sr=rate),
        "flatness": f.spectral_flatness(y=y),
        "zero_crossing_rate": f.zero_crossing_rate(y),
        "rms": f.rms(y=y),
    }


def values(y, rate=RATE):
    spectrum = Spectrum(y, rate)
    return {name: descriptor.compute(spectrum) for name, descriptor in DESCRIPTORS.items()}


def assert_close(actual, expected, tolerance=1e-4):
    """Equal within `tolerance` of the largest value."""
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance * np.abs(expected).max())


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
@pytest.mark.parametrize("name", DESCRIPTORS)
def test_made_signals_equal_librosa(name, rate, make_signal):
    y = make_signal(rate=rate)
    # The valley of a contrast may be one near-empty bin, whose decibels show the rounding of a 32-bit transform.
    assert_close(values(y, rate)[name], by_librosa(y, rate)[name], 1e-3 if name == "contrast" else 1e-4)


def test_contrast_of_one_spectrum_equals_librosa(make_signal):
    spectrum = Spectrum(make_signal(), RATE)
    expected = librosa.feature.spectral_contrast(S=spectrum.magnitude, sr=RATE)
    assert_close(DESCRIPTORS["contrast"].compute(spectrum), expected, 1e-6)


def test_click_silence_and_tone_equal_librosa():
    """Frames without energy, and one bin with nearly all of it."""
    y = np.zeros(RATE, np.float32)
    time = np.arange(RATE - RATE // 2) / RATE
    # A little noise: the bandwidth of a pure tone is the rounding of the transform, and so are its valleys.
    y[RATE // 2 :] = 0.5 * np.sin(2 * np.pi * 1000 * time) + np.random.default_rng(0).normal(scale=1e-3, size=len(time))
    y[100] = 1.0
    ours, theirs = values(y), by_librosa(y)
    for name in DESCRIPTORS:
        assert np.isfinite(ours[name]).all()
        assert_close(ours[name], theirs[name], 1e-3 if name == "contrast" else 1e-4)


@pytest.mark.filterwarnings("ignore:.*slated for removal in Python 3.13:DeprecationWarning")  # librosa.load's imports
def test_real_songs_equal_librosa(cc_songs):
    """Whole rows: decoding, resampling, descriptors, texture windows."""
    paths = sorted((cc_songs / "audio").iterdir())[::9]
    extractor = AudioFeatureExtractor(list(DESCRIPTORS), offset=1.0, duration=9.0)
    table, failures, seconds = extractor.extract(paths)
    assert failures.empty
    for path, row in zip(paths, table.to_numpy(), strict=True):
        y, _ = librosa.load(path, sr=RATE, offset=1.0, duration=9.0)
        series = np.concatenate(list(by_librosa(y).values()), dtype=np.float64)
        windows = np.array_split(series, 3, axis=1)
        expected = np.mean([np.stack([w.mean(axis=1), w.std(axis=1)], axis=1) for w in windows], axis=0)
        assert seconds.iloc[0] == pytest.approx(9, abs=0.01)
        # The valley of the highest band lies in the stop band of the resampler: rounding, some 100 dB below the music.
        tolerance = np.where(table.columns.str.startswith("contrast7"), 2.0, 1e-3)
        wrong = np.abs(row - expected.ravel()) > tolerance + 1e-4 * np.abs(row)
        assert not wrong.any(), table.columns[wrong].tolist()


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 96000])
def test_filter_banks_have_no_empty_band(rate, make_signal):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.ptp(values(make_signal(rate=rate), rate)["mel"], axis=1).min() > 0


def test_one_transform_serves_all(make_signal, monkeypatch):
    calls = []
    transform = scipy.fft.rfft
    monkeypatch.setattr(scipy.fft, "rfft", lambda *args, **kwargs: calls.append(1) or transform(*args, **kwargs))
    values(make_signal())
    assert len(calls) == 1


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_names_rows_units_and_sources(name, make_signal):
    descriptor = DESCRIPTORS[name]
    rows = values(make_signal())[name]
    assert len(descriptor.names) == len(rows)
    assert descriptor.unit in {"dB", "Hz", "1"}
    assert "[shape=" in descriptor.compute.__doc__
    assert "References" in descriptor.compute.__doc__


@laws
@given(seed=seeds, gain=st.floats(0.05, 1.0))
def test_gain(make_signal, seed, gain):
    """Level adds to the mel bands and the first MFCC, multiplies the RMS, and leaves the rest as it is."""
    y = make_signal(seed)
    before, after = values(y), values(np.float32(gain) * y)
    decibels = 20 * np.log10(gain)
    assert_close(after["rms"], gain * before["rms"])
    assert_close(after["mel"], before["mel"] + decibels)
    assert_close(after["mfcc"][0], before["mfcc"][0] + decibels * np.sqrt(128))
    assert_close(after["mfcc"][1:], before["mfcc"][1:], 1e-3)
    for name in ("chroma", "centroid", "bandwidth", "flatness", "zero_crossing_rate"):
        assert_close(after[name], before[name])
    assert_close(after["contrast"], before["contrast"], 1e-3)
    one_bin = RATE / 2048
    assert np.abs(after["rolloff"] - before["rolloff"]).max() <= one_bin * 1.001


@laws
@given(seed=seeds)
def test_bounds(make_signal, seed):
    v = values(make_signal(seed))
    for name in ("chroma", "flatness", "zero_crossing_rate", "rms"):
        assert v[name].min() >= 0
        assert v[name].max() <= 1
    for name in ("centroid", "bandwidth", "rolloff"):
        assert v[name].min() >= 0
        assert v[name].max() <= RATE / 2
    assert v["contrast"].min() >= 0
    assert np.ptp(v["mel"]) <= 80.001


@laws
@given(seed=seeds, order=st.permutations(range(5)))
def test_channel_order(make_signal, seed, order):
    channels = np.stack([make_signal(seed + i) for i in range(5)], axis=1)
    extractor = AudioFeatureExtractor()
    first, second = extractor.extract([channels, channels[:, order]]).table.to_numpy()
    np.testing.assert_allclose(second, first, rtol=1e-3, atol=1e-3)


@laws
@given(seed=seeds, leading=st.integers(0, 50_000), trailing=st.integers(0, 50_000), rate=st.sampled_from([RATE, 44100]))
def test_silence_at_the_ends(make_signal, seed, leading, trailing, rate):
    """Nothing changes, to the last bit, as long as `duration` covers sound and silence."""
    y = make_signal(seed, rate=rate)
    padded = np.pad(y, (leading, trailing))
    first, second = AudioFeatureExtractor().extract([(y, rate), (padded, rate)]).table.to_numpy()
    np.testing.assert_array_equal(first, second)


@laws
@given(seed=seeds, rate=st.sampled_from([44100, 48000, 96000]))
def test_sample_rate(make_signal, seed, rate):
    """The same sound at two rates."""
    y = make_signal(seed, rate=32000)
    # Ideal interpolation through the transform of the whole signal, unlike the resampler that is tested.
    spectrum = scipy.fft.rfft(y.astype(np.float64))
    n = round(len(y) * rate / 32000)
    z = scipy.fft.irfft(np.pad(spectrum, (0, n // 2 + 1 - len(spectrum))), n) * (n / len(y))
    extractor = AudioFeatureExtractor(statistics=["mean"])
    first, second = extractor.extract([(y, 32000), (z, rate)]).table.to_numpy()
    within = {"Hz": 2.0, "dB": 0.05, "1": 0.005}
    tolerance = np.concatenate([[within[d.unit]] * len(d.names) for name, d in DESCRIPTORS.items() if name != "mel"])
    # See above for the highest band.
    tolerance[extractor.get_feature_names_out() == "contrast7_mean"] = 3.0
    assert (np.abs(second - first) <= tolerance).all()
