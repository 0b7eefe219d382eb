"""Images of mel bands with PyTorch: equal values on each device, and settings that a device does not support."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from librosa_calls import agrees, from_samples
from sklearn.base import clone

from skvae.audio import DESCRIPTORS, AudioFeatureExtractor
from skvae.audio.execution import _rows
from skvae.audio.extraction import _extractor, _mel_batch
from skvae.audio.extraction._mel_batch import MEL_DESCRIPTORS, MelBatch, MelSpectrum
from skvae.audio.spectrum._spectrum import Spectrum

RATE = 22050
IMAGES = {"statistics": None, "duration": 2.0, "on_error": "ignore"}
needs_cuda = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=needs_cuda)])
def device(request, monkeypatch):
    """Replace "cuda" by each available device, so that the code is also tested without a GPU."""
    monkeypatch.setattr(_extractor, "resolve_device", lambda name: torch.device(request.param))
    return request.param


def assert_equal(signals, device, rate=RATE):
    batch = MelBatch(signals, rate, device)
    for i, signal in enumerate(signals):
        spectrum = Spectrum(signal, rate)
        for name in MEL_DESCRIPTORS:
            expected = DESCRIPTORS[name].compute(spectrum)
            actual = DESCRIPTORS[name].compute(MelSpectrum(batch, i))
            assert actual.dtype == expected.dtype
            np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-3, err_msg=name)


@pytest.mark.parametrize("rate", [16000, 22050, 96000])
def test_values_equal_those_without_torch(device, make_signal, rate):
    """The dynamic range of each signal is clipped independently of the other signals of the batch."""
    signals = [level * make_signal(i, seconds=2.0, rate=rate) for i, level in enumerate((1.0, 1e-3, 5.0))]
    assert_equal([*map(np.float32, signals)], device, rate)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(
    st.integers(9 * 512, 3 * RATE),
    st.lists(st.tuples(st.floats(0, RATE / 2), st.floats(1e-6, 1)), min_size=1, max_size=4),
    st.sampled_from([0, 1e-4, 0.1]),
)
def test_tones_equal_those_without_torch(n_samples, tones, noise):
    """Includes pure tones: in single precision, their empty bands would contain rounding errors."""
    time = np.arange(n_samples) / RATE
    rng = np.random.default_rng(0)
    signals = [level * np.sin(2 * np.pi * pitch * time) + noise * rng.normal(size=n_samples) for pitch, level in tones]
    assert_equal([signal.astype(np.float32) for signal in signals], "cpu")


def test_values_equal_librosa(device, make_signal):
    y = make_signal(seconds=3.0)
    spectrum, calls = MelSpectrum(MelBatch([y], RATE, device), 0), from_samples(y, RATE)
    assert not any(agrees(name, DESCRIPTORS[name].compute(spectrum), calls[name]()) for name in MEL_DESCRIPTORS)


def test_other_descriptors_are_not_supported(make_signal):
    spectrum = MelSpectrum(MelBatch([make_signal()], RATE, "cpu"), 0)
    for name in set(DESCRIPTORS) - set(MEL_DESCRIPTORS):
        with pytest.raises(AttributeError):
            DESCRIPTORS[name].compute(spectrum)


@pytest.mark.parametrize("features", [["mel64"], ["mfcc13", "mfcc13_delta", "mel"]])
@pytest.mark.parametrize("parameters", [{}, {"n_frames": 20, "padding": "silence"}, {"excerpts": 2, "n_jobs": 2}])
def test_extraction_gives_the_same_results_on_each_device(device, features, parameters, make_signal):
    """Compare rows, failures and seconds of recordings shorter and longer than the image."""
    X = pd.Series([None, *(make_signal(i, seconds=1 + i) for i in range(3)), "missing.mp3"], index=list("abcde"))
    extractor = AudioFeatureExtractor(features, **IMAGES, **parameters)
    expected, result = extractor.extract(X), clone(extractor).set_params(device="cuda").fit(X).extract(X)
    pd.testing.assert_frame_equal(result.table, expected.table, rtol=0, atol=1e-3)
    pd.testing.assert_frame_equal(result.failures, expected.failures)
    pd.testing.assert_series_equal(result.seconds, expected.seconds)
    assert expected.failures["row"].tolist() == [0, 4]


def test_batch_sizes_do_not_change_values(device, make_signal, monkeypatch):
    """Neither the number of signals nor the number of frames per batch matters. An empty list is accepted."""
    X = [make_signal(i, seconds=1 + i / 4) for i in range(5)]
    extractor = AudioFeatureExtractor(["mel64"], **IMAGES, device="cuda")
    expected = extractor.transform(X)
    assert extractor.transform([]).shape == (0, 64 * 87)
    monkeypatch.setattr(_mel_batch, "MAX_SAMPLES", 2 * 86 * 512)
    monkeypatch.setattr(_mel_batch, "_MAX_FRAMES", 7)
    np.testing.assert_allclose(extractor.transform(X), expected, rtol=0, atol=1e-3)


def test_devices_share_the_cache(device, make_signal, tmp_path, monkeypatch):
    X, decode, decoded = [make_signal(i) for i in range(2)], _rows.decode_in_subprocess, []
    monkeypatch.setattr(
        _rows, "decode_in_subprocess", lambda source, **kw: decoded.append(source) or decode(source, **kw)
    )
    extractor = AudioFeatureExtractor(["mel64"], **IMAGES, memory=tmp_path, device="cuda")
    expected = extractor.extract(X)
    for name in ("cuda", "cpu"):
        pd.testing.assert_frame_equal(extractor.set_params(device=name).extract(X).table, expected.table)
    assert len(decoded) == 2


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"device": "gpu"}, "device must be 'cpu' or a CUDA device such as 'cuda' or 'cuda:1', got 'gpu'"),
        ({"device": "meta"}, "device must be 'cpu' or a CUDA device .*, got 'meta'"),
        ({"device": 0}, "The 'device' parameter"),
        ({"device": "cuda:99"}, "device='cuda:99' is not available: PyTorch found"),
        ({"statistics": ["mean"]}, r"device='cuda' supports only statistics=None"),
        (
            {"features": ["mfcc", "chroma"]},
            r"device='cuda' does not support the feature 'chroma', only mfcc, .*, mel64",
        ),
    ],
)
def test_unsupported_settings_raise_errors(parameters, message, make_signal):
    extractor = AudioFeatureExtractor(**{"features": ["mel"], "device": "cuda"} | IMAGES | parameters)
    for method in ("fit", "transform", "fit_transform", "extract"):
        with pytest.raises(ValueError, match=message):
            getattr(extractor, method)([make_signal()])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_error_on_a_machine_without_a_gpu(make_signal):
    extractor = AudioFeatureExtractor(["mel"], **IMAGES, device="cuda")
    with pytest.raises(ValueError, match="device='cuda' is not available: PyTorch found no CUDA device"):
        extractor.transform([make_signal()])
    assert len(extractor.get_feature_names_out()) == 128 * 87
