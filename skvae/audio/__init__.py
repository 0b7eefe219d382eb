"""Feature tables of recordings: descriptors, embeddings and augmentation.

``skvae.audio.DESCRIPTORS`` lists the descriptors. :class:`AudioFeatureExtractor` computes them for a list of
recordings.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
