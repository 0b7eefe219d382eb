"""Results of clustering a music library: tables, figures, playlists, saved models, and labels for new tracks.

The public names load on first use, so that commands which need one file of this package start quickly.
``__init__.pyi`` lists them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
