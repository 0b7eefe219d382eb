"""Names of the networks that `VAETransformer` accepts as a string."""

from ._conv1d import Conv1d
from ._conv2d import Conv2d
from ._mlp import MLP

NETWORKS = {
    "conv1d": Conv1d,
    "conv2d": Conv2d,
    "mlp": MLP,
}
