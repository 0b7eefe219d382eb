"""Checkpoints: a training that is killed goes on, and ends as it would have ended."""

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

# With dropout, a schedule and early stopping: everything that has a state.
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
def test_a_killed_training_ends_as_the_uninterrupted_one(tmp_path):
    whole = json.loads(run("").communicate()[0])
    rng = np.random.default_rng()  # any moment will do
    kills = 0
    for _ in range(4):
        process = run(tmp_path)
        deadline = time.monotonic() + 120
        n_before = len(list(tmp_path.glob("*/checkpoint.pt")))
        while not list(tmp_path.glob("*/checkpoint.pt")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.4) + 1.5 * n_before)  # importing takes its time
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if process.returncode == 0:
            break
    assert kills
    resumed = json.loads(run(tmp_path).communicate()[0])
    assert resumed == whole  # every number, to the last bit
    assert list(tmp_path.iterdir()) == []


class Stop(Callback):
    """End the process of a fit, in a way: at a given epoch, once."""

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
    """A fit that stopped in its seventh epoch; its checkpoint is of the sixth."""
    vae = VAETransformer(
        4, max_epochs=12, checkpoint_dir=tmp_path, checkpoint_every=3, callbacks=[("stop", Stop())], random_state=0
    )
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        vae.fit(digits)
    return vae


def folders(path):
    return [folder.name for folder in path.iterdir()]


def test_a_fit_is_taken_up_and_a_finished_one_leaves_nothing(interrupted, tmp_path, digits):
    assert len(folders(tmp_path)) == 1
    resumed = interrupted.fit(digits)
    whole = VAETransformer(4, max_epochs=12, callbacks=[("stop", Stop())], random_state=0).fit(digits)
    assert resumed.history_ == whole.history_
    assert np.array_equal(resumed.transform(digits), whole.transform(digits))
    assert folders(tmp_path) == []


def test_an_interrupt_ends_the_fit_and_keeps_its_checkpoint(tmp_path, digits, monkeypatch):
    settings = {"max_epochs": 12, "checkpoint_every": 3, "random_state": 0}
    whole = VAETransformer(4, **settings).fit(digits)
    vae = VAETransformer(4, **settings, checkpoint_dir=tmp_path)

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
    assert vae.fit(digits).history_ == whole.history_


def test_without_a_random_state_the_fit_is_taken_up_too(tmp_path, digits):
    vae = VAETransformer(4, max_epochs=12, checkpoint_dir=tmp_path, checkpoint_every=3, callbacks=[("stop", Stop())])
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        vae.fit(digits)
    (state,) = (torch.load(path, weights_only=True) for path in tmp_path.glob("*/checkpoint.pt"))
    vae.fit(digits)
    assert [row["train_loss"] for row in vae.history_[:6]] == [row["train_loss"] for row in state["history"]]


@pytest.mark.parametrize(
    "change", [{"beta": 2.0}, {"latent_dim": 3}, {"random_state": 1}, {"network__hidden": (32,)}, "data", "rows"]
)
def test_other_settings_or_data_never_share_a_checkpoint(change, interrupted, tmp_path, digits):
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


def test_candidates_of_a_search_do_not_meet(tmp_path, digits):
    vae = VAETransformer(4, max_epochs=6, checkpoint_dir=tmp_path, checkpoint_every=1, random_state=0)
    grid = {"beta": [1.0, 4.0]}
    plain = GridSearchCV(VAETransformer(4, max_epochs=6, random_state=0), grid, cv=3).fit(digits)
    kept = GridSearchCV(vae, grid, cv=3, n_jobs=2).fit(digits)
    assert np.array_equal(plain.cv_results_["mean_test_score"], kept.cv_results_["mean_test_score"])
    assert folders(tmp_path) == []


def test_two_fits_at_once_do_not_disturb_each_other(interrupted, tmp_path, digits):
    (name,) = folders(tmp_path)
    with FileLock(tmp_path / name / "lock"), pytest.warns(VAEWarning, match="This fit writes no checkpoint"):
        history = interrupted.fit(digits).history_
    assert folders(tmp_path) == [name]  # the other's
    assert history == interrupted.fit(digits).history_


def test_a_damaged_checkpoint_is_named(interrupted, tmp_path, digits):
    (path,) = tmp_path.glob("*/checkpoint.pt")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"checkpoint\.pt is not a readable checkpoint\. Delete it"):
        interrupted.fit(digits)


def test_a_checkpoint_that_would_run_code_is_refused(interrupted, tmp_path, digits):
    (path,) = tmp_path.glob("*/checkpoint.pt")
    torch.save({"seed": 0, "module": Path}, path)
    with pytest.raises(ValueError, match="is not a readable checkpoint"):
        interrupted.fit(digits)


class Hoarder(Callback):
    """Keeps what a checkpoint cannot hold."""

    def on_epoch_end(self, net, **kwargs):
        self.kept_ = object()


def test_callbacks_whose_state_cannot_be_stored_are_refused(tmp_path, digits):
    vae = VAETransformer(4, max_epochs=3, checkpoint_dir=tmp_path, checkpoint_every=1, callbacks=[("hoard", Hoarder())])
    with pytest.raises(ValueError, match="cannot contain the attribute kept_ of the callback 'hoard'"):
        vae.fit(digits)


def test_parameters_that_cannot_be_pickled_are_refused(tmp_path, digits):
    vae = VAETransformer(4, modalities=[("all", None, lambda X: list(range(64)))], checkpoint_dir=tmp_path)
    with pytest.raises(ValueError, match="requires parameters that can be pickled"):
        vae.fit(digits)


def test_schedules_survive(tmp_path, digits):
    schedule = LRScheduler("StepLR", step_size=2, gamma=0.5)
    settings = {"max_epochs": 12, "callbacks": [("schedule", schedule), ("stop", Stop())], "random_state": 0}
    vae = VAETransformer(4, checkpoint_dir=tmp_path, checkpoint_every=3, **settings)
    Stop.armed = True
    with pytest.raises(RuntimeError, match="stopped"):
        vae.fit(digits)
    vae.fit(digits)
    rates = [group["lr"] for group in vae.net_.optimizer_.param_groups]
    assert rates == [1e-3 * 0.5**6]
    assert joblib.hash(vae.history_) == joblib.hash(VAETransformer(4, **settings).fit(digits).history_)
