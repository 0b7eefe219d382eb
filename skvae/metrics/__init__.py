"""Metrics of clusters and latent spaces: agreement with labels, internal scores, evaluation and scorers.

The public names load on first use. ``__init__.pyi`` lists them: one line makes a new metric public.
`evaluation/_registry.py` lists the metrics of the evaluation table and the scorers.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
