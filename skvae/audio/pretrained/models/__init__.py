"""Registry of pretrained audio models: one file per model and one line here.

A new model is a file with a `PretrainedModel` and an entry in `PRETRAINED_MODELS`.
"""

from ._ast import AST
from ._clap import CLAP
from ._mert import MERT
from ._muq import MUQ
from ._musicnn import MUSICNN
from ._musicnn_mtt import MUSICNN_MTT

#: Pretrained audio models by the short name that :class:`~skvae.AudioEmbedder` accepts.
PRETRAINED_MODELS = {model.name: model for model in (MUSICNN, MUSICNN_MTT, CLAP, MUQ, MERT, AST)}
