"""Training through skorch: how a net is set up and run."""

import torch
from sklearn.base import clone
from skorch.helper import predefined_split

from ._batches import Batches
from ._callbacks import EpochBar, PatientStopping, StoppingFromStart
from ._net import ElboNet


def make_net(module, settings, *, device, seed, n_rows, **more):
    """Set up the net that trains a module.

    Parameters
    ----------
    module : LatentModule
        On `device`.
    settings : VAETransformer
        Says how to train.
    device : str
        Where to.
    seed : int
        Seed of order and noise.
    n_rows : int
        Number of training rows, by which ``batch_size="auto"`` goes.
    **more
        Further parameters of the net.

    Returns
    -------
    ElboNet
        Not yet trained.
    """
    batch_size = min(max(n_rows // 8, 32), 256) if settings.batch_size == "auto" else settings.batch_size
    return ElboNet(
        module,
        beta=settings.beta,
        regularizer=settings.regularizer,
        free_bits=settings.free_bits,
        precision=settings.precision,
        accumulate=settings.accumulate,
        seed=seed,
        device=device,
        optimizer=torch.optim.Adam,
        optimizer__fused=True,
        lr=settings.learning_rate,
        batch_size=batch_size,
        iterator_train=Batches,
        iterator_train__generator=torch.Generator().manual_seed(seed),
        iterator_valid=Batches,
        verbose=0,  # skorch prints; a library does not
        **({"callbacks": clone(settings.callbacks or [], safe=False), "train_split": None} | more),
    )


def train(
    module,
    table,
    settings,
    *,
    device,
    kl_warmup,
    max_epochs,
    seed,
    guide_weight=0.0,
    keep_start=False,
    last_callbacks=(),
):
    """Train a module in place and keep the weights of the best held-out objective.

    Parameters
    ----------
    module : LatentModule
        On `device`.
    table : TensorTable or BlockTable
        The rows.
    settings : VAETransformer
        Says how to train.
    device : str
        Where to.
    kl_warmup : float
        Share of the steps over which the regulariser's weight rises.
    max_epochs : int
        Passes over the training rows at most.
    seed : int
        Seed of the split, the order and the noise.
    guide_weight : float
        Weight of the cross-entropy of a guide.
    keep_start : bool
        Whether the module stays as handed over where no epoch betters its held-out objective.
    last_callbacks : sequence of (str, skorch.callbacks.Callback)
        Run after all others.

    Returns
    -------
    ElboNet
        The trained net; its history has a row per epoch.
    """
    callbacks = clone(settings.callbacks or [], safe=False)
    rest, held_out = table.split(settings.validation_fraction, torch.Generator().manual_seed(seed))
    split = None
    # Fewer than two held-out rows say nothing.
    if len(held_out) >= 2 and len(rest) >= 2:
        split = predefined_split(held_out)
        # skorch's relative threshold loosens where a loss is negative, which a bound of densities may well be
        rule = {"patience": settings.patience, "threshold": 0.0, "threshold_mode": "abs", "load_best": True}
        stopping = StoppingFromStart if keep_start else PatientStopping
        callbacks = [*callbacks, ("early_stopping", stopping(**rule))]
    else:
        rest = table
    if settings.verbose:
        callbacks = [*callbacks, ("progress", EpochBar())]
    module.n_steps = 0
    net = make_net(
        module,
        settings,
        device=device,
        seed=seed,
        n_rows=len(rest),
        max_epochs=max_epochs,
        guide_weight=guide_weight,
        train_split=split,
        callbacks=[*callbacks, *last_callbacks],
    )
    net.warmup_steps = round(kl_warmup * max_epochs * rest.n_batches(net.batch_size))
    net.fit(rest, None)
    net.train_split = None  # the held-out rows need not live as long as the net
    return net
