"""Images of mel bands by torch: the same numbers as without it, on any device; and what a device cannot do."""

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
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=needs_cuda)])
def device(request, monkeypatch):
    """Have "cuda" mean each device in turn on which the same code runs: all but the device is tested anywhere."""
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
def test_equals_the_numbers_without_torch(device, make_signal, rate):
    """Each floored below its own loudest, whatever else is in the batch."""
    signals = [level * make_signal(i, seconds=2.0, rate=rate) for i, level in enumerate((1.0, 1e-3, 5.0))]
    assert_equal([*map(np.float32, signals)], device, rate)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(
    st.integers(9 * 512, 3 * RATE),
    st.lists(st.tuples(st.floats(0, RATE / 2), st.floats(1e-6, 1)), min_size=1, max_size=4),
    st.sampled_from([0, 1e-4, 0.1]),
)
def test_any_tones_equal(n_samples, tones, noise):
    """Pure tones as well, whose empty bands are the rounding of a transform in single precision."""
    time = np.arange(n_samples) / RATE
    rng = np.random.default_rng(0)
    signals = [level * np.sin(2 * np.pi * pitch * time) + noise * rng.normal(size=n_samples) for pitch, level in tones]
    assert_equal([signal.astype(np.float32) for signal in signals], "cpu")


def test_equals_librosa(device, make_signal):
    y = make_signal(seconds=3.0)
    spectrum, calls = MelSpectrum(MelBatch([y], RATE, device), 0), from_samples(y, RATE)
    assert not any(agrees(name, DESCRIPTORS[name].compute(spectrum), calls[name]()) for name in MEL_DESCRIPTORS)


def test_from_mel_is_all_that_can_be_computed(make_signal):
    spectrum = MelSpectrum(MelBatch([make_signal()], RATE, "cpu"), 0)
    for name in set(DESCRIPTORS) - set(MEL_DESCRIPTORS):
        with pytest.raises(AttributeError):
            DESCRIPTORS[name].compute(spectrum)


@pytest.mark.parametrize("features", [["mel64"], ["mfcc13", "mfcc13_delta", "mel"]])
@pytest.mark.parametrize("parameters", [{}, {"n_frames": 20, "padding": "silence"}, {"excerpts": 2, "n_jobs": 2}])
def test_extraction_is_the_same(device, features, parameters, make_signal):
    """Rows, order, failures and seconds, of recordings shorter and longer than the image."""
    X = pd.Series([None, *(make_signal(i, seconds=1 + i) for i in range(3)), "missing.mp3"], index=list("abcde"))
    extractor = AudioFeatureExtractor(features, **IMAGES, **parameters)
    expected, result = extractor.extract(X), clone(extractor).set_params(device="cuda").fit(X).extract(X)
    pd.testing.assert_frame_equal(result.table, expected.table, rtol=0, atol=1e-3)
    pd.testing.assert_frame_equal(result.failures, expected.failures)
    pd.testing.assert_series_equal(result.seconds, expected.seconds)
    assert expected.failures["row"].tolist() == [0, 4]


def test_batches(device, make_signal, monkeypatch):
    """However many signals go together, and frames; none, too."""
    X = [make_signal(i, seconds=1 + i / 4) for i in range(5)]
    extractor = AudioFeatureExtractor(["mel64"], **IMAGES, device="cuda")
    expected = extractor.transform(X)
    assert extractor.transform([]).shape == (0, 64 * 87)
    monkeypatch.setattr(_mel_batch, "_MAX_SAMPLES", 2 * 86 * 512)
    monkeypatch.setattr(_mel_batch, "_MAX_FRAMES", 7)
    np.testing.assert_allclose(extractor.transform(X), expected, rtol=0, atol=1e-3)


def test_memory_is_shared_by_devices(device, make_signal, tmp_path, monkeypatch):
    X, load, decoded = [make_signal(i) for i in range(2)], _rows.decode_in_subprocess, []
    monkeypatch.setattr(
        _rows, "decode_in_subprocess", lambda source, **options: decoded.append(source) or load(source, **options)
    )
    extractor = AudioFeatureExtractor(["mel64"], **IMAGES, memory=tmp_path, device="cuda")
    expected = extractor.extract(X)
    for name in ("cuda", "cpu"):
        pd.testing.assert_frame_equal(extractor.set_params(device=name).extract(X).table, expected.table)
    assert len(decoded) == 2


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"device": "gpu"}, "device='gpu': 'cpu' or a CUDA device is needed, such as 'cuda'"),
        ({"device": "meta"}, "device='meta': 'cpu' or a CUDA device is needed"),
        ({"device": 0}, "The 'device' parameter"),
        ({"device": "cuda:99"}, r"device='cuda:99': torch finds \d+ devices of that kind on this machine; pass 'cpu'"),
        ({"statistics": ["mean"]}, r"device='cuda' computes images of frames only: pass statistics=None, or"),
        ({"features": ["mfcc", "chroma"]}, r"device='cuda' computes mfcc, .*, mel64, not 'chroma': pass device='cpu'"),
    ],
)
def test_what_cannot_be(parameters, message, make_signal):
    extractor = AudioFeatureExtractor(**{"features": ["mel"], "device": "cuda"} | IMAGES | parameters)
    for method in ("fit", "transform", "fit_transform", "extract"):
        with pytest.raises(ValueError, match=message):
            getattr(extractor, method)([make_signal()])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_machine_without_a_gpu_says_so(make_signal):
    extractor = AudioFeatureExtractor(["mel"], **IMAGES, device="cuda")
    with pytest.raises(ValueError, match="device='cuda': torch finds 0 devices of that kind on this"):
        extractor.transform([make_signal()])
    assert len(extractor.get_feature_names_out()) == 128 * 87
