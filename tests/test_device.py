"""Selection of a PyTorch device."""

import numpy as np
import pytest
import torch

from skvae import VAETransformer
from skvae._device import replace_missing_device, resolve_device


@pytest.fixture
def machine(monkeypatch):
    """Function that simulates a number of CUDA devices."""

    def simulate(n_devices):
        monkeypatch.setattr(torch.cuda, "device_count", lambda: n_devices)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: n_devices > 0)

    return simulate


@pytest.mark.parametrize(
    ("n_devices", "device", "message"),
    [
        (0, "cuda", r"device='cuda' is not available: PyTorch found no CUDA device\. Use 'cpu'\."),
        (1, "cuda:7", r"device='cuda:7' is not available: PyTorch found 1 CUDA device\. Use 'cuda:0' or 'cpu'\."),
        (2, "cuda:2", r"PyTorch found 2 CUDA devices\. Use 'cuda:0', 'cuda:1' or 'cpu'\."),
        (0, "gpu", r"device='gpu' is not a PyTorch device\. Use 'auto', 'cpu' or 'cuda'\."),
        (0, "", r"device='' is not a PyTorch device"),
        (0, "vulkan", r"device='vulkan' is not available: .*\. Use 'auto' or 'cpu'\."),
    ],
)
def test_unavailable_devices_raise_an_error(n_devices, device, message, machine):
    machine(n_devices)
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=message):
            getattr(VAETransformer(2, device=device), method)(np.eye(8))


@pytest.mark.parametrize(
    ("n_devices", "device", "resolved"),
    [(0, "auto", "cpu"), (1, "auto", "cuda"), (0, "cpu", "cpu"), (1, "cuda", "cuda"), (2, "cuda:1", "cuda:1")],
)
def test_available_devices_are_used(n_devices, device, resolved, machine):
    machine(n_devices)
    assert resolve_device(device) == resolved


def test_auto_selects_mps_only_if_it_is_allowed(machine, monkeypatch):
    machine(0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve_device("auto") == "cpu"
    assert resolve_device("auto", allow_mps=True) == "mps"


@pytest.mark.parametrize(
    ("n_devices", "device", "replaced"),
    [(0, "cuda:1", "cpu"), (1, "cuda:1", "cuda"), (2, "cuda:1", "cuda:1"), (0, "cpu", "cpu")],
)
def test_missing_devices_of_loaded_models_are_replaced(n_devices, device, replaced, machine):
    machine(n_devices)
    assert replace_missing_device(device) == replaced
