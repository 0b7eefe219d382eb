"""Audio descriptors. Each file contains one function that computes values from a `Spectrum`.

The values equal those of librosa for the same samples and default settings. Pitch classes assume A4 = 440 Hz
(``tuning=0.0``). An estimated tuning is a choice between discrete steps, which rounding errors can change.
"""

# One line per descriptor. The order of the imports is the order of DESCRIPTORS.
# ruff: noqa: F401, I001
from . import _centroid
from . import _bandwidth
from . import _rolloff
from . import _flatness
from . import _flux
from . import _chroma
from . import _chroma_cqt
from . import _chroma_cens
from . import _tonnetz
from . import _zero_crossing_rate
from . import _rms
from . import _harmonic
from . import _percussive
from . import _mfcc
from . import _mfcc_delta
from . import _mfcc_delta2
from . import _mel
from . import _contrast
from . import _gtzan57
from . import _onset
from . import _tempo
from . import _local_tempo
from . import _tempogram
from . import _tempogram_ratio
from ._registry import DESCRIPTORS, Descriptor, descriptor

__all__ = ["DESCRIPTORS", "Descriptor", "descriptor"]
