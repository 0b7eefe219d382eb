import importlib.util
from pathlib import Path

import numpy as np
import pytest

N_FILTERS = (204, 204, 51, 51, 51, 64, 64, 64)
KERNELS = ((7, 38, 1), (7, 67, 1), (128, 1, 1), (64, 1, 1), (32, 1, 1), (7, 561, 1), (7, 64, 1), (7, 64, 1))


@pytest.fixture(scope="session")
def musicnn_folder():
    """Folder of the installed package musicnn, which contains the trained weights."""
    spec = importlib.util.find_spec("musicnn")
    if spec is None or spec.origin is None:
        pytest.skip("musicnn is not installed: pip install --no-deps musicnn==0.1.0")
    return Path(spec.origin).parent


@pytest.fixture(scope="session")
def random_tensors():
    """Tensors of the shapes of musicnn with random values. About half of the scales are negative."""
    rng = np.random.default_rng(0)
    shapes = {}
    for i, (kernel, n) in enumerate(zip(KERNELS, N_FILTERS, strict=True)):
        name = f"conv2d_{i}" if i else "conv2d"
        shapes[f"{name}/kernel"], shapes[f"{name}/bias"] = (*kernel, n), (n,)
    for name, shape in (("dense", (1506, 200)), ("dense_1", (200, 50))):
        shapes[f"{name}/kernel"], shapes[f"{name}/bias"] = shape, shape[1:]
    tensors = {
        name: rng.normal(scale=1 / np.sqrt(np.prod(shape[:-1])) if "kernel" in name else 0.3, size=shape)
        for name, shape in shapes.items()
    }
    for i, n in enumerate((1, *N_FILTERS, 1506, 200)):
        name = f"batch_normalization_{i}" if i else "batch_normalization"
        tensors |= {f"{name}/{kind}": rng.normal(size=n) for kind in ("gamma", "beta", "moving_mean")}
        tensors[f"{name}/moving_variance"] = rng.uniform(0.5, 2, size=n)
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
