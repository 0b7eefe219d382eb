"""Training of a variational autoencoder with skorch."""

from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np
import torch
from sklearn.base import clone
from skorch.helper import predefined_split

from .._warnings import check_magnitude
from ._adam import Adam
from ._batches import Batches, make_table
from ._callbacks import DivergedError, EpochBar, PatientStopping, StoppingFromStart
from ._net import ElboNet

# Integers in the history of training. skorch also records values of batches and durations, which are not copied.
COUNTS = {"epoch", "active_units"}
HISTORY_COLUMNS = (
    COUNTS
    | {"kl_weight"}
    | {f"{part}_{term}" for part in ("train", "valid") for term in ("loss", "reconstruction", "kl", "elbo")}
)


@dataclass(frozen=True)
class TrainingSettings:
    """Parameters of `VAETransformer` that determine the objective and its optimization."""

    beta: float
    regularizer: str | None
    free_bits: float
    learning_rate: float
    batch_size: int | str
    validation_fraction: float
    patience: int
    precision: str
    accumulate: int
    callbacks: list | None
    verbose: int

    @classmethod
    def from_params(cls, params):
        """Select the settings from the parameters of an estimator, as returned by its `get_params`."""
        return cls(**{field.name: params[field.name] for field in fields(cls)})


def train(
    model,
    X,
    observed,
    settings,
    *,
    max_epochs,
    kl_warmup,
    guide=None,
    guide_weight=0.0,
    keep_start=False,
    callbacks=(),
):
    """Train a model in place, and keep the weights of the epoch with the best validation loss.

    Rows without any modality are skipped.

    Parameters
    ----------
    model : LatentModel
        Model to train.
    X : ndarray of shape (n_samples, n_features)
        Training table.
    observed : ndarray of bool of shape (n_samples, n_modalities)
        Whether each row has each modality.
    settings : TrainingSettings
        Objective and optimization.
    max_epochs : int
        Maximum number of epochs.
    kl_warmup : float
        Fraction of training steps during which the KL weight increases from 0 to `beta`.
    guide : ndarray of shape (n_samples, n_components) or None, default=None
        Target memberships for a mixture prior.
    guide_weight : float, default=0.0
        Weight of the cross-entropy between the target memberships and the memberships of the model.
    keep_start : bool, default=False
        Whether to keep the initial weights if no epoch improves the validation loss.
    callbacks : sequence of (str, skorch.callbacks.Callback), default=()
        Callbacks that run after all other callbacks.

    Returns
    -------
    ElboNet
        Trained net. Its history has one row per epoch.

    Raises
    ------
    ValueError
        If the loss diverges, or if all modalities are missing in all rows.
    MemoryError
        If the device runs out of memory.
    """
    table = _make_training_table(model, X, observed, guide)
    with _training_context(model, table, settings.batch_size):
        all_callbacks = clone(settings.callbacks or [], safe=False)
        train_table, valid_table = table.split(settings.validation_fraction, torch.Generator().manual_seed(model.seed))
        split = None
        # A validation loss of a single row is not reliable.
        if len(valid_table) >= 2 and len(train_table) >= 2:
            split = predefined_split(valid_table)
            # skorch's relative threshold is wrong for negative losses, which occur with densities.
            rule = {"patience": settings.patience, "threshold": 0.0, "threshold_mode": "abs", "load_best": True}
            stopping = StoppingFromStart if keep_start else PatientStopping
            all_callbacks = [*all_callbacks, ("early_stopping", stopping(**rule))]
        else:
            train_table = table
        if settings.verbose:
            all_callbacks = [*all_callbacks, ("progress", EpochBar())]
        model.module.n_steps = 0
        net = make_net(
            model,
            settings,
            n_rows=len(train_table),
            max_epochs=max_epochs,
            guide_weight=guide_weight,
            train_split=split,
            callbacks=[*all_callbacks, *callbacks],
        )
        net.warmup_steps = round(kl_warmup * max_epochs * train_table.n_batches(net.batch_size))
        net.fit(train_table, None)
    net.train_split = None  # the net would keep the validation rows in memory
    return net


def train_epoch(model, X, observed, settings, *, kl_warmup_steps, net=None):
    """Train a model in place for one epoch, without validation.

    Parameters
    ----------
    model : LatentModel
        Model to train.
    X : ndarray of shape (n_samples, n_features)
        Training rows.
    observed : ndarray of bool of shape (n_samples, n_modalities)
        Whether each row has each modality.
    settings : TrainingSettings
        Objective and optimization.
    kl_warmup_steps : int
        Number of training steps during which the KL weight increases from 0 to `beta`, counted over all calls.
    net : ElboNet or None, default=None
        Net of the previous call, which contains the state of the optimizer. None creates a net.

    Returns
    -------
    ElboNet
        Trained net. The last row of its history is this epoch.

    Raises
    ------
    ValueError
        If the loss diverges, or if all modalities are missing in all rows.
    MemoryError
        If the device runs out of memory.
    """
    table = _make_training_table(model, X, observed)
    if net is None:
        # The noise of a previous `fit` must not repeat.
        seed = model.seed + model.module.n_steps
        net = make_net(model, settings, seed=seed, n_rows=len(table), warmup_steps=kl_warmup_steps).initialize()
    with _training_context(model, table, settings.batch_size):
        net.partial_fit(table, None, epochs=1)
    return net


def make_net(model, settings, *, n_rows, seed=None, **kwargs):
    """Create the net that trains a model.

    Parameters
    ----------
    model : LatentModel
        Model to train.
    settings : TrainingSettings
        Objective and optimization.
    n_rows : int
        Number of training rows. Determines the batch size if it is "auto".
    seed : int or None, default=None
        Seed of batch order and noise. None uses the seed of the model.
    **kwargs
        Other parameters of the net.

    Returns
    -------
    ElboNet
        Net that is not initialized.
    """
    seed = model.seed if seed is None else seed
    batch_size = min(max(n_rows // 8, 32), 256) if settings.batch_size == "auto" else settings.batch_size
    return ElboNet(
        model.module,
        beta=settings.beta,
        regularizer=settings.regularizer,
        free_bits=settings.free_bits,
        precision=settings.precision,
        accumulate=settings.accumulate,
        seed=seed,
        device=model.device,
        optimizer=Adam,
        optimizer__fused=True,
        lr=settings.learning_rate,
        batch_size=batch_size,
        iterator_train=Batches,
        iterator_train__generator=torch.Generator().manual_seed(seed),
        iterator_valid=Batches,
        verbose=0,  # skorch would print each epoch
        **({"callbacks": clone(settings.callbacks or [], safe=False), "train_split": None} | kwargs),
    )


def read_history(net):
    """Return the history of a net as a list of dicts, with one dict per epoch."""
    return [
        {k: int(v) if k in COUNTS else float(v) for k, v in row.items() if k in HISTORY_COLUMNS} for row in net.history
    ]


def _make_training_table(model, X, observed, guide=None):
    """Create the training table of the rows that have at least one modality."""

    def encode(rows):
        x, mask, condition = model.codec.encode(X[rows], observed[rows], rows)
        check_magnitude(x, model.codec.names, rows)
        arrays = {"x": x, "observed": mask, "condition": condition}
        if guide is not None:
            arrays["guide"] = guide[rows]
        return {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}

    rows = np.flatnonzero(observed.any(axis=1))
    if not rows.size:
        raise ValueError("All modalities are missing in all rows. Training requires at least one row with values.")
    with _memory_errors(model.device, "the training table"):
        return make_table(encode, rows, model.codec.layout.features.size, model.device)


@contextmanager
def _training_context(model, table, batch_size):
    """Seed the global generators that layers use and restore them afterwards. Add hints to training errors."""
    cuda = [model.device] if model.device.startswith("cuda") else []
    with torch.random.fork_rng(devices=cuda), _memory_errors(model.device, f"batches (batch_size={batch_size!r})"):
        torch.manual_seed(model.seed)
        try:
            yield
        except DivergedError as error:
            raise ValueError(
                f"{error} The largest input values are in column {model.codec.names[table.largest_column()]!r}. Lower "
                "learning_rate, or scale the columns (scale='standard')."
            ) from error


@contextmanager
def _memory_errors(device, purpose):
    """Raise MemoryError with a suggestion if PyTorch runs out of memory."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise MemoryError(
            f"Device {device!r} ran out of memory for {purpose}. Lower batch_size, and increase accumulate by the same "
            "factor to keep the number of rows per step."
        ) from error
