"""Spectrum: intermediate results that descriptors share."""

import warnings

import numpy as np
import pytest

from skvae.audio import DESCRIPTORS
from skvae.audio.spectrum._spectrum import Spectrum

RATE = 22050


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 96000])
def test_filter_banks_have_no_empty_band(rate, make_signal):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.ptp(DESCRIPTORS["mel"].compute(Spectrum(make_signal(rate=rate), rate)), axis=1).min() > 0


def test_descriptors_share_one_transform(make_signal, monkeypatch):
    calls = []
    transforms = Spectrum._transforms
    monkeypatch.setattr(Spectrum, "_transforms", lambda self: calls.append(1) or transforms(self))
    spectrum = Spectrum(make_signal(), RATE)
    for name in set(DESCRIPTORS) - {"gtzan57"}:
        DESCRIPTORS[name].compute(spectrum)
    assert len(calls) == 1
