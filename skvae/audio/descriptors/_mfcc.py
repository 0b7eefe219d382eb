"""Mel-frequency cepstral coefficients (MFCC)."""

import scipy.fft

from ._registry import descriptor


def coefficient_names(n, suffix=""):
    """Return the names of `n` cepstral coefficients."""
    return [f"mfcc{i:02d}{suffix}" for i in range(1, n + 1)]


@descriptor("dB", coefficient_names(40), name="mfcc40", n=40)
@descriptor("dB", coefficient_names(13), name="mfcc13", n=13)
@descriptor("dB", coefficient_names(20))
def mfcc(spectrum, n=20):
    """Timbre: mel-frequency cepstral coefficients, in dB [shape=(n, t)].

    The coefficients are the orthonormal cosine transform (type II) of the log-mel spectrum. Only the first coefficient
    depends on the level.

    References
    ----------
    Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", 1980.
    """
    return scipy.fft.dct(spectrum.log_mel(), axis=0, norm="ortho")[:n]
