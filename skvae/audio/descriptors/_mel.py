"""Mel spectrogram in decibels."""

from ._registry import descriptor


@descriptor("dB", [f"mel64_{i:02d}" for i in range(1, 65)], name="mel64", n=64)
@descriptor("dB", [f"mel{i:03d}" for i in range(1, 129)])
def mel(spectrum, n=128):
    """Level in bands of equal width on the mel scale, in dB [shape=(n, t)].

    References
    ----------
    Slaney, "Auditory Toolbox", Interval Research technical report 1998-010, 1998.
    """
    return spectrum.log_mel(n)
