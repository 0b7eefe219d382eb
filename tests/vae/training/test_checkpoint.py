"""Checkpoints: resumed training gives the same result as uninterrupted training."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from filelock import FileLock
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback, LRScheduler

from skvae import VAETransformer
from skvae.vae import VAEWarning
from skvae.vae.training._net import ElboNet

# Dropout, a learning rate schedule and early stopping, which all have a state.
TRAINING = """
import json, sys
from sklearn.datasets import load_digits
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR
from skvae import MLP, VAETransformer

vae = VAETransformer(
    4, network=MLP(hidden=(64,), dropout=0.1), kl_warmup=0.1, max_epochs=120, patience=15, learning_rate=5e-3,
    callbacks=[("schedule", LRScheduler(CosineAnnealingLR, T_max=120))],
    checkpoint_dir=sys.argv[1] or None, checkpoint_every=3, random_state=0,
)
X = load_digits().data[:400]
vae.fit(X)
print(json.dumps([vae.history_, vae.transform(X).tolist(), vae.score(X)]))
"""


def run(folder, **kwargs):
    return subprocess.Popen([sys.executable, "-c", TRAINING, str(folder)], stdout=subprocess.PIPE, text=True, **kwargs)


@pytest.mark.slow
def test_killed_training_gives_the_result_of_uninterrupted_training(tmp_path):
    uninterrupted = json.loads(run("").communicate()[0])
    rng = np.random.default_rng()  # kills at random times
    kills = 0
    for _ in range(4):
        process = run(tmp_path)
        deadline = time.monotonic() + 120
        n_before = len(list(tmp_path.glob("*/checkpoint.pt")))
        while not list(tmp_path.glob("*/checkpoint.pt")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.4) + 1.5 * n_before)  # the time of the imports
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if process.returncode == 0:
            break
    assert kills
    resumed = json.loads(run(tmp_path).communicate()[0])
    assert resumed == uninterrupted  # bit by bit
    assert list(tmp_path.iterdir()) == []


class Stop(Callback):
    """Raise an error in the seventh epoch, once."""

    armed = True

    def on_epoch_end(self, net, **kwargs):
        if Stop.armed and len(net.history) == 7:
            Stop.armed = False
            raise RuntimeError("stopped")


@pytest.fixture
def digits():
    return load_digits().data[:200]


@pytest.fixture
def interrupted(tmp_path, digits):
    """Fit that was interrupted in the seventh epoch, with a checkpoint of the sixth epoch."""
    vae = VAETransformer(
        4,
        scale="standard",
        max_epochs=12,
        checkpoint_dir=tmp_path,
        checkpoint_every=3,
        callbacks=[("stop", Stop())],
        random_state=0,
    )
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        vae.fit(digits)
    return vae


def folders(path):
    return [folder.name for folder in path.iterdir()]


def test_interrupted_fit_is_resumed_and_finished_fit_deletes_its_checkpoint(interrupted, tmp_path, digits):
    assert len(folders(tmp_path)) == 1
    resumed = interrupted.fit(digits)
    uninterrupted = VAETransformer(
        4, scale="standard", max_epochs=12, callbacks=[("stop", Stop())], random_state=0
    ).fit(digits)
    assert resumed.history_ == uninterrupted.history_
    assert np.array_equal(resumed.transform(digits), uninterrupted.transform(digits))
    assert folders(tmp_path) == []


def test_keyboard_interrupt_ends_the_fit_and_keeps_its_checkpoint(tmp_path, digits, monkeypatch):
    settings = {"max_epochs": 12, "checkpoint_every": 3, "random_state": 0}
    uninterrupted = VAETransformer(4, scale="standard", **settings).fit(digits)
    vae = VAETransformer(4, scale="standard", **settings, checkpoint_dir=tmp_path)

    def interrupt(net, x, **kwargs):
        if len(net.history) == 7:
            raise KeyboardInterrupt
        return infer(net, x, **kwargs)

    infer = ElboNet.infer
    monkeypatch.setattr(ElboNet, "infer", interrupt)
    with pytest.raises(KeyboardInterrupt):
        vae.fit(digits)
    monkeypatch.undo()
    assert len(folders(tmp_path)) == 1
    assert not hasattr(vae, "history_")
    assert vae.fit(digits).history_ == uninterrupted.history_


def test_fit_without_random_state_is_resumed_with_the_same_seed(tmp_path, digits):
    vae = VAETransformer(
        4, scale="standard", max_epochs=12, checkpoint_dir=tmp_path, checkpoint_every=3, callbacks=[("stop", Stop())]
    )
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        vae.fit(digits)
    (state,) = (torch.load(path, weights_only=True) for path in tmp_path.glob("*/checkpoint.pt"))
    vae.fit(digits)
    assert [row["train_loss"] for row in vae.history_[:6]] == [row["train_loss"] for row in state["history"]]


@pytest.mark.parametrize(
    "change", [{"beta": 2.0}, {"latent_dim": 3}, {"random_state": 1}, {"network__hidden": (32,)}, "data", "rows"]
)
def test_other_parameters_or_data_use_another_checkpoint(change, interrupted, tmp_path, digits):
    from skvae import MLP

    if isinstance(change, dict):
        interrupted.set_params(network=MLP()).set_params(**change)
    elif change == "data":
        digits = digits.copy()
        digits[3, 7] += 1
    else:
        digits = digits[:-1]
    (before,) = folders(tmp_path)
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        interrupted.fit(digits)
    assert len(folders(tmp_path)) == 2
    assert before in folders(tmp_path)


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])  # processes need seconds to start
def test_candidates_of_a_search_use_different_checkpoints(n_jobs, tmp_path, digits):
    vae = VAETransformer(4, scale="standard", max_epochs=3, checkpoint_dir=tmp_path, checkpoint_every=1, random_state=0)
    grid = {"beta": [1.0, 4.0]}
    plain = GridSearchCV(VAETransformer(4, scale="standard", max_epochs=3, random_state=0), grid, cv=2).fit(digits)
    kept = GridSearchCV(vae, grid, cv=2, n_jobs=n_jobs).fit(digits)
    assert np.array_equal(plain.cv_results_["mean_test_score"], kept.cv_results_["mean_test_score"])
    assert folders(tmp_path) == []


def test_second_fit_at_the_same_time_uses_no_checkpoint(interrupted, tmp_path, digits):
    (name,) = folders(tmp_path)
    with FileLock(tmp_path / name / "lock"), pytest.warns(VAEWarning, match="This fit writes no checkpoint"):
        history = interrupted.fit(digits).history_
    assert folders(tmp_path) == [name]  # the folder of the first fit
    assert history == interrupted.fit(digits).history_


def test_error_of_a_damaged_checkpoint_names_the_file(interrupted, tmp_path, digits):
    (path,) = tmp_path.glob("*/checkpoint.pt")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"checkpoint\.pt is not a readable checkpoint\. Delete it"):
        interrupted.fit(digits)


def test_checkpoint_with_code_raises_an_error(interrupted, tmp_path, digits):
    (path,) = tmp_path.glob("*/checkpoint.pt")
    torch.save({"seed": 0, "module": Path}, path)
    with pytest.raises(ValueError, match="is not a readable checkpoint"):
        interrupted.fit(digits)


class Collector(Callback):
    """Callback with a state that a checkpoint cannot contain."""

    def on_epoch_end(self, net, **kwargs):
        self.kept_ = object()


def test_callbacks_with_a_state_that_cannot_be_stored_raise_an_error(tmp_path, digits):
    vae = VAETransformer(
        4,
        scale="standard",
        max_epochs=3,
        checkpoint_dir=tmp_path,
        checkpoint_every=1,
        callbacks=[("collect", Collector())],
    )
    with pytest.raises(ValueError, match="cannot contain the attribute kept_ of the callback 'collect'"):
        vae.fit(digits)


def test_parameters_that_cannot_be_pickled_raise_an_error(tmp_path, digits):
    vae = VAETransformer(
        4, scale="standard", modalities=[("all", None, lambda X: list(range(64)))], checkpoint_dir=tmp_path
    )
    with pytest.raises(ValueError, match="requires parameters that can be pickled"):
        vae.fit(digits)


def test_learning_rate_schedules_are_resumed(tmp_path, digits):
    schedule = LRScheduler("StepLR", step_size=2, gamma=0.5)
    settings = {"max_epochs": 12, "callbacks": [("schedule", schedule), ("stop", Stop())], "random_state": 0}
    vae = VAETransformer(4, scale="standard", checkpoint_dir=tmp_path, checkpoint_every=3, **settings)
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        vae.fit(digits)
    vae.fit(digits)
    rates = [group["lr"] for group in vae.net_.optimizer_.param_groups]
    assert rates == [1e-3 * 0.5**6]
    assert joblib.hash(vae.history_) == joblib.hash(
        VAETransformer(4, scale="standard", **settings).fit(digits).history_
    )
