"""Adam without the import of the compiler."""

import copy
import subprocess
import sys

import torch
from torch.optim.lr_scheduler import StepLR

from skvae.vae.training._adam import Adam


def train(optimizer_class, n_steps=5):
    """Return the weights after a few steps with a falling learning rate, and the state of the optimizer."""
    generator = torch.Generator().manual_seed(0)
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    optimizer = optimizer_class(layer.parameters(), lr=0.1, fused=True)
    schedule = StepLR(optimizer, 2)
    for _ in range(n_steps):
        optimizer.zero_grad()
        layer(torch.randn(4, 3, generator=generator)).square().mean().backward()
        optimizer.step()
        schedule.step()
    return [parameter.detach() for parameter in layer.parameters()], optimizer


def test_steps_equal_those_of_pytorch():
    weights, optimizer = train(Adam)
    expected, reference = train(torch.optim.Adam)
    assert all(torch.equal(*pair) for pair in zip(weights, expected, strict=True))
    assert optimizer.state_dict()["param_groups"] == reference.state_dict()["param_groups"]
    restored = Adam([torch.nn.Parameter(copy.deepcopy(weight)) for weight in weights], lr=1.0, fused=True)
    restored.load_state_dict(reference.state_dict())
    assert str(restored.state_dict()) == str(reference.state_dict())


def test_a_fit_does_not_import_the_compiler():
    code = (
        "import sys, numpy as np; from skvae import VAETransformer; "
        "VAETransformer(2, max_epochs=2, random_state=0).fit(np.random.default_rng(0).normal(size=(40, 3))); "
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
