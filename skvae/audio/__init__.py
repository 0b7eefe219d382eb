"""Sound into numbers: recordings to one row of descriptors each.

``skvae.audio.DESCRIPTORS`` lists what can be measured; :class:`AudioFeatureExtractor` measures it over
whole collections.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
