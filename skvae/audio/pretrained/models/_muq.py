"""Entry of MuQ-MuLan."""

from ._model import PretrainedModel

MUQ = PretrainedModel(
    name="muq",
    description="music and text in one space (MuQ-MuLan)",
    family="MuQ-MuLan",
    license="CC-BY-NC-4.0",
    download_size="unknown",
    sample_rate=24000,
    window=10.0,
    install="pip install muq",
    package="muq",
    hub_name="OpenMuQ/MuQ-MuLan-large",
    figures=("Clusters of GTZAN, 10 genres, V-measure of K-means: .760 (MAEB, arXiv 2602.16008, Table 18)",),
)
