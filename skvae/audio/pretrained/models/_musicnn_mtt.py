"""Entry of musicnn, trained on MagnaTagATune."""

from ..musicnn._tags import MTT_TAGS
from ._model import PretrainedModel

MUSICNN_MTT = PretrainedModel(
    name="musicnn-mtt",
    description="small convolutional network for 50 tags of instruments, voices and genre",
    family="musicnn",
    license="ISC",
    download_size="29 MB",
    sample_rate=16000,
    window=3.008,
    install="pip install --no-deps musicnn==0.1.0",
    package="musicnn",
    folder="MTT_musicnn",
    tags=MTT_TAGS,
    figures=("Tags of MagnaTagATune: ROC AUC .907, PR AUC .383 (file experiment.result of the package)",),
)
