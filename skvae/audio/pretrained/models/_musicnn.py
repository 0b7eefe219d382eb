"""Entry of musicnn, trained on the Million Song Dataset."""

from ..musicnn._tags import MSD_TAGS
from ._model import PretrainedModel

MUSICNN = PretrainedModel(
    name="musicnn",
    description="small convolutional network for 50 tags of genre, mood and decade",
    family="musicnn",
    license="ISC",
    download_size="29 MB",
    sample_rate=16000,
    window=3.008,
    install="pip install --no-deps musicnn==0.1.0",
    package="musicnn",
    folder="MSD_musicnn",
    tags=MSD_TAGS,
    figures=(
        "Tags of the Million Song Dataset: ROC AUC .880, PR AUC .289 (file experiment.result of the package)",
        "Clusters of 396 real songs, 7 genres, AMI of K-means: .26, default descriptors .17 (measured for skvae)",
    ),
)
