"""Entry of CLAP."""

from ._model import PretrainedModel

CLAP = PretrainedModel(
    name="clap",
    description="audio and text in one space, trained on pairs of sounds and captions",
    family="CLAP",
    license="Apache-2.0",
    download_size="776 MB",
    sample_rate=48000,
    window=10.0,
    # This commit of the hub's conversion bot contains the weights as safetensors. The main branch contains pickles.
    revision="16c8cc3159a3c8a31e8ff5ef1f66b0d9ab3667db",
    install="hf download laion/larger_clap_general --revision 16c8cc3159a3c8a31e8ff5ef1f66b0d9ab3667db",
    hub_name="laion/larger_clap_general",
    figures=("Clusters of GTZAN, 10 genres, V-measure of K-means: .651 (MAEB, arXiv 2602.16008, Table 18)",),
)
