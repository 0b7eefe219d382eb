"""Frame length, hop and decibel limits, as in librosa."""

N_FFT = 2048
"""Frame length, in samples."""

HOP = 512
"""Samples from one frame to the next."""

AMIN = 1e-10
"""Minimum power in decibel scaling and in the flatness."""

TOP_DB = 80.0
"""Dynamic range of decibel scaling, in decibels. Smaller values are clipped."""
