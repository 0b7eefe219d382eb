"""One small pure function per descriptor, values from a `Spectrum`, and the registry of them all.

Every value equals what librosa gives for the same samples with its default settings; pitch classes take A4 as 440 Hz
(``tuning=0.0``), since an estimated tuning is a choice between steps, which may flip under rounding.
"""

from . import _brightness, _gtzan, _harmony, _level, _rhythm, _timbre  # noqa: F401 (they register their functions)
from ._registry import DESCRIPTORS, Descriptor, descriptor

__all__ = ["DESCRIPTORS", "Descriptor", "descriptor"]
