"""skvae: music libraries, audio and lyrics, into clusters that can be listened to, checked and trusted.

The public names below load on first use, so that ``import skvae`` stays quick: it imports none of torch, librosa,
transformers, umap or matplotlib. ``__init__.pyi`` lists them once, for this loader and for editors.
"""

import os

import lazy_loader

# OpenMP reads this when torch or scikit-learn load it. Its threads otherwise spin while they wait for work, and where
# another process has a core, a joblib worker say, training waits for a thread that spins: many times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0.dev0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
