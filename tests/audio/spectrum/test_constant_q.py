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
