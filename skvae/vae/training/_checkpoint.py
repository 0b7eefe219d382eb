"""Checkpoints of an unfinished training."""

import hashlib
import os
import shutil
import warnings
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np
import torch
from filelock import FileLock, Timeout
from sklearn.utils import gen_batches
from skorch.callbacks import Callback

from ... import __version__
from ...features._scaler import CHUNK_ROWS
from .._warnings import VAEWarning

# These parameters do not change the result. A fit with other values continues the same checkpoint.
IGNORED_PARAMETERS = {"checkpoint_dir", "checkpoint_every", "verbose"}
# Types that a checkpoint may contain.
PLAIN_TYPES = (type(None), bool, int, float, str, torch.Tensor)


class Checkpoint(Callback):
    """Save the state of training every few epochs, and restore it when training begins.

    This callback must be the last one, so that the other callbacks are initialized before their state is restored.

    Parameters
    ----------
    path : pathlib.Path
        Checkpoint file.
    every : int
        Number of epochs between two checkpoints.
    seed : int
        Seed of the fit. A resumed fit without `random_state` uses this seed.
    """

    def __init__(self, path, every, seed):
        self.path = path
        self.every = every
        self.seed = seed

    def on_train_begin(self, net, **kwargs):
        """Restore the state if there is a checkpoint."""
        if not self.path.exists():
            return
        state = _load(self.path)
        net.module_.load_state_dict(state["module"])
        net.module_.n_steps = state["n_steps"]
        net.optimizer_.load_state_dict(state["optimizer"])
        net.history.extend(state["history"])
        for name, generator in _collect_generators(net).items():
            generator.set_state(state["generators"][name])
        for name, callback in net.callbacks_:
            for attribute, value in state["callbacks"].get(name, {}).items():
                current = getattr(callback, attribute, None)
                if hasattr(current, "load_state_dict"):
                    current.load_state_dict(value)
                else:
                    setattr(callback, attribute, value)

    def on_epoch_end(self, net, **kwargs):
        """Save the state."""
        if len(net.history) % self.every:
            return
        state = {
            "seed": self.seed,
            "module": net.module_.state_dict(),
            "n_steps": net.module_.n_steps,
            "optimizer": net.optimizer_.state_dict(),
            # Records of single batches are only used during their epoch.
            "history": [_to_plain({k: v for k, v in row.items() if k != "batches"}) for row in net.history],
            "generators": {name: generator.get_state() for name, generator in _collect_generators(net).items()},
            "callbacks": {name: _fitted_attributes(name, callback) for name, callback in net.callbacks_},
        }
        unfinished = self.path.with_suffix(".tmp")
        with unfinished.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)  # atomic, so that an interruption leaves the previous checkpoint


@contextmanager
def open_checkpoint(folder, X, *, parameters, column_names, device, weights):
    """Create the checkpoint path of a fit, and remove the checkpoint when the fit ends.

    The name of the checkpoint is a hash of all arguments except `folder`. Equal fits therefore use the same checkpoint.

    Parameters
    ----------
    folder : path-like or None
        Folder of all checkpoints. None disables checkpoints.
    X : ndarray of shape (n_samples, n_features)
        Training table.
    parameters : dict
        Parameters of the estimator.
    column_names : ndarray of str or None
        Column names of `X`.
    device : str
        Training device.
    weights : sequence of ndarray
        Initial weights of a warm start.

    Yields
    ------
    pathlib.Path or None
        Checkpoint file. None if `folder` is None, or if another process is running the same fit.

    Raises
    ------
    ValueError
        If a parameter cannot be pickled, because its hash cannot be computed.
    """
    if folder is None:
        yield None
        return
    folder = Path(folder) / _make_name(X, parameters, column_names, device, weights)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", timeout=0)  # the operating system releases it if the process is killed
    try:
        lock.acquire()
    except Timeout:
        warnings.warn(
            f"Another fit with the same parameters and data is writing to {folder}. This fit writes no checkpoint and "
            "cannot be resumed.",
            VAEWarning,
            stacklevel=3,
        )
        yield None
        return
    try:
        yield folder / "checkpoint.pt"
        shutil.rmtree(folder)
    finally:
        lock.release()


def load_seed(path):
    """Load the seed from a checkpoint. Return None if there is no checkpoint."""
    return _load(path)["seed"] if path is not None and path.exists() else None


def _make_name(X, parameters, column_names, device, weights):
    """Compute a name from everything that determines the result of a fit."""
    parameters = {k: v for k, v in parameters.items() if k not in IGNORED_PARAMETERS}
    try:
        settings = joblib.hash([parameters, device, __version__, torch.__version__, torch.get_num_threads()])
    except Exception as error:  # pickle raises any error of the objects' own methods
        raise ValueError(
            f"checkpoint_dir requires parameters that can be pickled, because their hash is the name of the "
            f"checkpoint ({error}). Replace this parameter, or set checkpoint_dir=None."
        ) from error
    digest = hashlib.blake2b(digest_size=16)
    for array in (X, *weights):
        digest.update(f"{array.shape} {array.dtype}".encode())
        for rows in gen_batches(len(array), CHUNK_ROWS):
            digest.update(np.ascontiguousarray(array[rows]).data)
    digest.update("\n".join(() if column_names is None else column_names).encode())
    return f"{settings}-{digest.hexdigest()}"


def _load(path):
    """Load a checkpoint without running code from it."""
    try:
        return torch.load(path, weights_only=True)
    except Exception as error:  # damaged files cause many types of errors in the unpickler
        raise ValueError(f"{path} is not a readable checkpoint. Delete it to start from the beginning.") from error


def _collect_generators(net):
    """Return all random number generators that training uses."""
    sources = {"noise": net.generator_, "order": net.iterator_train__generator, "torch": torch.random.default_generator}
    if net.device.startswith("cuda"):
        sources["cuda"] = torch.cuda.default_generators[torch.device(net.device).index or 0]
    return sources


def _fitted_attributes(name, callback):
    """Return the state of a callback, which is in the attributes with a trailing underscore."""
    state = {}
    for attribute, value in vars(callback).items():
        if not attribute.endswith("_") or callable(value) or isinstance(value, type):
            continue
        try:
            state[attribute] = value.state_dict() if hasattr(value, "state_dict") else _to_plain(value)
        except TypeError as error:
            raise ValueError(
                f"A checkpoint cannot contain the attribute {attribute} of the callback {name!r}: {error} Remove the "
                "callback, or set checkpoint_dir=None."
            ) from error
    return state


def _to_plain(value):
    """Convert a value to numbers, strings, tensors, lists and dicts, which can be loaded without running code."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, PLAIN_TYPES):
        return value
    if isinstance(value, dict):
        return {key: _to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a number, string or tensor.")
