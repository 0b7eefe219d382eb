"""Clustering of music libraries by audio and lyrics, in any language, with scikit-learn estimators.

The public names load on first use. ``import skvae`` therefore does not import PyTorch, librosa, transformers, UMAP or
Matplotlib. ``__init__.pyi`` lists the names for the loader and for editors.
"""

import os

import lazy_loader

# OpenMP reads this variable when PyTorch or scikit-learn load it. By default, idle threads spin. Spinning threads make
# training many times slower if other processes, such as joblib workers, use the same cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0.dev0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
