"""Constant-Q transform."""

import librosa
import numpy as np
import pytest

from skvae.audio.spectrum._constant_q import constant_q


@pytest.mark.filterwarnings("ignore:n_fft=.* is too large:UserWarning")  # of librosa
@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000, 96000])
def test_constant_q_equals_librosa(rate):
    y = np.random.default_rng(0).normal(scale=0.1, size=2 * rate + 17).astype(np.float32)
    expected = np.abs(librosa.cqt(y, sr=rate, n_bins=252, bins_per_octave=36, tuning=0.0))
    np.testing.assert_allclose(constant_q(y, rate, 512), expected, rtol=0, atol=1e-5 * expected.max())


@pytest.mark.filterwarnings("ignore:n_fft=.* is too large:UserWarning")  # of librosa
@pytest.mark.parametrize("pitch", [8000, 9000])
def test_tone_above_the_filters_equals_librosa(pitch):
    """All frames are equal relative to their own maximum, though rounding errors are relative to the tone."""
    y = 0.5 * np.sin(2 * np.pi * pitch / 22050 * np.arange(2 * 22050)).astype(np.float32)
    expected = np.abs(librosa.cqt(y, sr=22050, n_bins=252, bins_per_octave=36, tuning=0.0))
    difference = np.abs(constant_q(y, 22050, 512) - expected)
    assert np.all(difference <= 1e-4 * expected.max(axis=0))
