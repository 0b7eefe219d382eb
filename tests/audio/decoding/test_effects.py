"""Audio effects."""

import numpy as np
import pytest

from skvae.audio import AudioSegment
from skvae.audio.decoding._effects import EFFECTS, apply_effects

RATE = 22050


def tone(pitch=440, seconds=3.0, rate=RATE):
    return np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate).astype(np.float32)


def with_effects(samples, *effects, seed=0, rate=RATE):
    return apply_effects(AudioSegment(samples, effects=effects, seed=seed), [samples], rate)[0]


def level(samples):
    """Level relative to full scale, in decibels."""
    return 10 * np.log10(np.mean(np.square(samples, dtype=float)))


def peak(samples, rate=RATE):
    """Strongest frequency, in hertz."""
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


def test_effects_of_pitch_and_stretch():
    y = tone()
    assert peak(with_effects(y, ("pitch", 12.0))) == pytest.approx(880, rel=0.01)
    assert len(with_effects(y, ("pitch", -3.0))) == len(y)
    faster = with_effects(y, ("stretch", 1.25))
    assert len(faster) == pytest.approx(len(y) / 1.25, abs=1)
    assert peak(faster) == pytest.approx(440, rel=0.01)


def test_effects_of_gain_and_noise():
    y = tone() / 4
    assert level(with_effects(y, ("gain", -6.0))) == pytest.approx(level(y) - 6, abs=1e-4)
    noise = with_effects(y, ("noise", 20.0)) - y
    assert level(noise) == pytest.approx(level(y) - 20, abs=0.1)
    np.testing.assert_array_equal(with_effects(y, ("noise", 20.0), seed=1), with_effects(y, ("noise", 20.0), seed=1))
    assert not np.array_equal(with_effects(y, ("noise", 20.0), seed=1), with_effects(y, ("noise", 20.0), seed=2))


@pytest.mark.parametrize(("name", "cut", "kept"), [("lowpass", 8000, 250), ("highpass", 250, 8000)])
def test_filters_attenuate_3_db_at_the_cutoff_and_12_db_per_octave(name, cut, kept):
    def loss(pitch, cutoff):
        return level(tone(pitch)) - level(with_effects(tone(pitch), (name, cutoff))[RATE // 2 :])

    assert loss(cut, float(cut)) == pytest.approx(3.0, abs=0.1)
    far = cut / 4 if name == "lowpass" else cut * 4.0
    assert loss(cut, far) > 20
    assert loss(kept, float(cut)) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.parametrize(("seconds", "rate"), [(0.5, 2000), (0.5, 44100), (2.0, 8000)])
def test_every_effect_supports_short_recordings_and_low_rates(name, seconds, rate):
    y = with_effects(tone(200, seconds, rate), (name, 3000.0 if name.endswith("pass") else 1.1), rate=rate)
    assert y.dtype == np.float32
    assert np.isfinite(y).all()
    assert len(y) >= seconds * rate / 1.2
