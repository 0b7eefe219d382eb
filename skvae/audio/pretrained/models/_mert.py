"""Entry of MERT."""

from ._model import PretrainedModel

MERT = PretrainedModel(
    name="mert",
    description="self-supervised model of music with 95 million weights",
    family="MERT",
    license="CC-BY-NC-4.0",
    download_size="unknown",
    sample_rate=24000,
    window=5.0,
    install="hf download m-a-p/MERT-v1-95M",
    hub_name="m-a-p/MERT-v1-95M",
    # The hub listed only pickled weights, which AudioEmbedder does not read unless transformers finds converted ones.
    has_own_code=True,
)
