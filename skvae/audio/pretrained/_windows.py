"""Division of excerpts into windows."""

import numpy as np


def all_windows(signals, length):
    """Divide excerpts into windows of `length` samples, and return them in one list."""
    return [window for signal in signals for window in split_signal(signal, length)]


def split_signal(signal, length):
    """Divide a signal into evenly spaced windows that cover it. A shorter signal is one window."""
    n = int(np.ceil(len(signal) / length - 0.01))  # a remainder of less than 1 % adds no window
    if n <= 1:
        return [signal[:length]]
    return [signal[start : start + length] for start in np.linspace(0, len(signal) - length, n).round().astype(int)]
