"""Displays of clusterings, models and comparisons, in the style of scikit-learn.

A Display is one file. The public names load on first use, and ``__init__.pyi`` lists them: one line adds a Display.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
