"""Adam optimizer without the import of the compiler of PyTorch."""

import inspect

import torch
from torch.optim import Optimizer


class _EagerOptimizer(Optimizer):
    """Base class of PyTorch optimizers without the decorators that import the compiler."""

    __init__ = inspect.unwrap(Optimizer.__init__)
    add_param_group = inspect.unwrap(Optimizer.add_param_group)
    load_state_dict = inspect.unwrap(Optimizer.load_state_dict)
    state_dict = inspect.unwrap(Optimizer.state_dict)
    zero_grad = inspect.unwrap(Optimizer.zero_grad)


class Adam(torch.optim.Adam, _EagerOptimizer):
    """`torch.optim.Adam` with the same steps, but without the import of ``torch._dynamo``.

    The methods of PyTorch optimizers import the compiler to exclude themselves from compilation. This import takes as
    long as the import of PyTorch itself, and training is not compiled.
    """

    step = torch.no_grad()(inspect.unwrap(torch.optim.Adam.step))
