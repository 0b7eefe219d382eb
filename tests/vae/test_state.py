"""State of a fitted model: copies, pickles and missing devices."""

import copy
import pickle

import numpy as np
import pytest
import torch

from skvae import VAETransformer


@pytest.fixture(scope="module")
def fitted(digits):
    """A model that was trained for a few epochs."""
    return VAETransformer(4, scale="standard", max_epochs=3, random_state=0).fit(digits)


@pytest.mark.parametrize("copy_of", [copy.deepcopy, lambda vae: pickle.loads(pickle.dumps(vae))])
def test_copies_can_be_trained_further(copy_of, fitted, digits):
    other = copy_of(fitted)
    assert np.array_equal(fitted.transform(digits), other.transform(digits))
    other.partial_fit(digits)
    assert not np.array_equal(fitted.transform(digits), other.transform(digits))


def test_state_has_the_format_of_version_0_1(fitted):
    state = fitted.__getstate__()
    private = {name for name in state if name.startswith("_")} - {"_sklearn_version"}
    assert private == {"_architecture", "_codec", "_is_incremental", "_n_features_out", "_seed", "_stored_net"}
    assert state["_stored_net"].keys() == {"n_steps", "weights"}


def test_state_contains_no_objects_of_torch_or_skorch(fitted):
    packages = set()

    def visit(value):
        packages.add(type(value).__module__.split(".")[0])
        if isinstance(value, dict):
            for item in value.values():
                visit(item)
        elif isinstance(value, list | tuple):
            for item in value:
                visit(item)
        elif hasattr(value, "__dict__"):
            visit(vars(value))

    visit(fitted.__getstate__())
    assert not {"torch", "skorch"} & packages
    assert {"skvae", "numpy"} <= packages


def test_model_from_a_missing_gpu_is_loaded_on_the_cpu(fitted, digits, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    other = VAETransformer.__new__(VAETransformer)
    other.__setstate__(fitted.__getstate__() | {"device_": "cuda:3"})
    assert other.device_ == "cpu"
    assert np.array_equal(fitted.transform(digits), other.transform(digits))
