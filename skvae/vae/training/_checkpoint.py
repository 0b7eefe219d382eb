"""Checkpoints: a training that was killed goes on where it stopped, and ends as it would have ended."""

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

# Of no account for the outcome: another folder, or a progress bar, must not lose the work done.
NOT_IN_THE_NAME = {"checkpoint_dir", "checkpoint_every", "verbose"}
PLAIN = (type(None), bool, int, float, str, torch.Tensor)


class Checkpoint(Callback):
    """Write the whole state of training each few epochs, and take it up when training begins.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    every : int
        Epochs between writes.
    seed : int
        Of the fit; a fit without `random_state` takes over the one that it is to continue.
    """

    def __init__(self, path, every, seed):
        self.path = path
        self.every = every
        self.seed = seed

    def on_train_begin(self, net, **kwargs):
        """Restore, where there is something to restore. This callback is the last: the others are set up."""
        if not self.path.exists():
            return
        state = _read(self.path)
        net.module_.load_state_dict(state["module"])
        net.module_.n_steps = state["n_steps"]
        net.optimizer_.load_state_dict(state["optimizer"])
        net.history.extend(state["history"])
        for name, generator in _generators(net).items():
            generator.set_state(state["generators"][name])
        for name, callback in net.callbacks_:
            for attribute, value in state["callbacks"].get(name, {}).items():
                held = getattr(callback, attribute, None)
                if hasattr(held, "load_state_dict"):
                    held.load_state_dict(value)
                else:
                    setattr(callback, attribute, value)

    def on_epoch_end(self, net, **kwargs):
        """Write."""
        if len(net.history) % self.every:
            return
        state = {
            "seed": self.seed,
            "module": net.module_.state_dict(),
            "n_steps": net.module_.n_steps,
            "optimizer": net.optimizer_.state_dict(),
            # what is noted of single batches serves the running epoch only
            "history": [_plain({k: v for k, v in row.items() if k != "batches"}) for row in net.history],
            "generators": {name: generator.get_state() for name, generator in _generators(net).items()},
            "callbacks": {name: _fitted_attributes(name, callback) for name, callback in net.callbacks_},
        }
        unfinished = self.path.with_suffix(".tmp")
        with unfinished.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)  # at no moment is there half a checkpoint


@contextmanager
def checkpoint_of(settings, X, *, device, others=()):
    """Make the checkpoint of a fit; remove it when the fit is done.

    Parameters
    ----------
    settings : VAETransformer
        Its parameters name the folder, and say where it is.
    X : ndarray of shape (n_samples, n_features)
        The table; its contents name the folder, too.
    device : str
        Where training runs.
    others : sequence of ndarray
        What else the outcome depends on.

    Yields
    ------
    pathlib.Path or None
        The file; None where no checkpoint is wanted, or another process is training the same.
    """
    if settings.checkpoint_dir is None:
        yield None
        return
    folder = Path(settings.checkpoint_dir) / _name(settings, X, device, others)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", timeout=0)  # which the system releases when a process is killed
    try:
        lock.acquire()
    except Timeout:
        warnings.warn(
            f"Another fit of the same settings and data writes to {folder}: this one goes without a checkpoint.",
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


def stored_seed(path):
    """Seed of the fit that a checkpoint belongs to; None where there is no checkpoint."""
    return _read(path)["seed"] if path is not None and path.exists() else None


def _name(settings, X, device, others):
    parameters = {k: v for k, v in settings.get_params().items() if k not in NOT_IN_THE_NAME}
    try:
        settled = joblib.hash([parameters, device, __version__, torch.__version__, torch.get_num_threads()])
    except Exception as error:  # pickle raises whatever the object's own methods raise
        raise ValueError(f"checkpoint_dir needs parameters that can be pickled, to tell fits apart: {error}") from error
    digest = hashlib.blake2b(digest_size=16)
    for array in (X, *others):
        digest.update(f"{array.shape} {array.dtype}".encode())
        for rows in gen_batches(len(array), CHUNK_ROWS):
            digest.update(np.ascontiguousarray(array[rows]).data)
    names = getattr(settings, "feature_names_in_", ())
    digest.update("\n".join(names).encode())
    return f"{settled}-{digest.hexdigest()}"


def _read(path):
    try:
        return torch.load(path, weights_only=True)
    except Exception as error:  # whatever a damaged file makes of the unpickler
        raise ValueError(f"{path} is not a checkpoint that can be read: delete it to start anew.") from error


def _generators(net):
    """Every source of randomness that training draws from."""
    sources = {"noise": net.generator_, "order": net.iterator_train__generator, "torch": torch.random.default_generator}
    if net.device.startswith("cuda"):
        sources["cuda"] = torch.cuda.default_generators[torch.device(net.device).index or 0]
    return sources


def _fitted_attributes(name, callback):
    """Collect what a callback has learned, which skorch's keep in attributes with a trailing underscore."""
    state = {}
    for attribute, value in vars(callback).items():
        if not attribute.endswith("_") or callable(value) or isinstance(value, type):
            continue
        try:
            state[attribute] = value.state_dict() if hasattr(value, "state_dict") else _plain(value)
        except TypeError as error:
            raise ValueError(f"A checkpoint cannot hold {attribute} of the callback {name!r}: {error}") from error
    return state


def _plain(value):
    """Numbers, texts and tensors, in lists and dictionaries: what loads without running code."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no number, text or tensor")
