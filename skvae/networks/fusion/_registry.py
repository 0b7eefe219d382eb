"""Names of the fusions that combine one posterior per modality."""

from ._attention import AttentionFusion
from ._late import LateFusion
from ._product_of_experts import ProductOfExperts

# Early fusion has a different constructor: it has one encoder for all modalities.
FUSIONS = {
    "attention": AttentionFusion,
    "late": LateFusion,
    "poe": ProductOfExperts,
}
