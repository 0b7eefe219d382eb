"""Diagnostics and warnings of VaDEClusterer."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import make_blobs
from skorch.callbacks import Callback

from skvae import VaDEClusterer, VAETransformer
from skvae.cluster._diagnostics import MembershipDiagnostics, describe_memberships, warn_about_clusters
from skvae.vae import VAEWarning
from skvae.vae.model._mixture import FullMixture

NAMES = {"smallest_cluster", "effective_clusters", "dead_clusters", "membership_entropy", "mean_confidence"}


@pytest.fixture(scope="module")
def blobs():
    """Return a table with three clusters and eight columns."""
    return make_blobs(240, n_features=8, centers=3, random_state=0)[0]


def make(max_epochs=20, vae=None, **settings):
    vae = VAETransformer(4, **{"max_epochs": 40, "batch_size": 64} | (vae or {}))
    return VaDEClusterer(3, vae=vae, init="kmeans", n_init=2, max_epochs=max_epochs, random_state=0, **settings)


@pytest.fixture(scope="module")
def fitted(blobs):
    return make().fit(blobs)


def test_history_contains_membership_statistics_of_the_joint_training(fitted):
    for row in fitted.history_:
        assert (row.keys() >= NAMES) == (row["phase"] != "vae")
        assert row["phase"] == "vae" or all(np.isfinite(row[name]) for name in NAMES)
    last = fitted.history_[-1]
    assert 0.2 < last["smallest_cluster"] < 0.4
    assert 2.8 < last["effective_clusters"] <= 3
    assert last["dead_clusters"] == 0
    assert 0.9 < last["mean_confidence"] <= 1


def test_last_statistics_agree_with_predict_proba(blobs):
    """The tolerance allows for the updates of the weights within the last epoch."""
    vade = make(max_epochs=1, vae={"input_noise": 0.0, "validation_fraction": 0.0}).fit(blobs)
    expected = describe_memberships(vade.predict_proba(blobs))
    assert {name: vade.history_[-1][name] for name in NAMES} == pytest.approx(expected, abs=0.05)


@pytest.mark.filterwarnings("ignore:Joint training did not improve")  # A patience of 1 stops at once.
@pytest.mark.parametrize("patience", [1, 20])
def test_last_epoch_before_early_stopping_has_statistics(patience, blobs):
    history = make(max_epochs=40, guide=1.0, vae={"patience": patience, "learning_rate": 1e-2}).fit(blobs).history_
    assert all(row.keys() >= NAMES for row in history if row["phase"] != "vae")
    phases = [row["phase"] for row in history]
    assert patience > 1 or phases.count("guided") < 40


def test_elbo_is_nan_without_held_out_rows(blobs):
    vade = make(max_epochs=2, vae={"validation_fraction": 0.0, "max_epochs": 5}).fit(blobs)
    assert np.isnan([vade.initial_elbo_, vade.elbo_]).all()


def test_elbo_is_the_held_out_elbo_of_the_best_epoch(fitted, blobs):
    """Compare with the history, and check that training improved the ELBO."""
    assert fitted.elbo_ > fitted.initial_elbo_
    kept = max(row["valid_elbo"] for row in fitted.history_ if row["phase"] == "mixture")
    assert fitted.elbo_ == pytest.approx(kept, abs=1e-3)


class Harm(Callback):
    """Increase the variances of the mixture before each epoch."""

    def on_epoch_begin(self, net, **kwargs):
        if isinstance(net.module_.prior, FullMixture):
            with torch.no_grad():
                net.module_.prior.log_diagonals += 1


def test_harmful_training_keeps_the_initial_mixture_and_warns(blobs):
    vade = make(max_epochs=2, vae={"callbacks": [("harm", Harm())]})
    with pytest.warns(VAEWarning, match="did not improve .* The fitted model is the initial mixture"):
        vade.fit(blobs)
    assert vade.elbo_ == vade.initial_elbo_ > vade.history_[-1]["valid_elbo"] + 1
    assert np.array_equal(vade.labels_, vade.initial_labels_)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"beta": 1.0, "guided": True}, "Use a smaller guide"),
        ({"beta": 4.0, "guided": False}, "beta=4 maximizes"),
        ({"beta": 1.0, "guided": False}, "all modalities have the same weight"),
    ],
)
def test_warning_contains_the_cause_of_a_lower_elbo(settings, match):
    diagnostics = MembershipDiagnostics()
    diagnostics.initial_elbo, diagnostics.elbo = np.zeros(10), np.linspace(-2, -1, 10)
    with pytest.warns(VAEWarning, match=f"from 0.00 to -1.50 nats per row: .*{match}"):
        warn_about_clusters(np.eye(3), diagnostics, **settings)


def unchanged():
    diagnostics = MembershipDiagnostics()
    diagnostics.initial_elbo, diagnostics.elbo = np.zeros(10), np.linspace(-1, 1, 10)
    return diagnostics


def test_random_differences_of_the_elbo_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_about_clusters(np.eye(3), unchanged(), beta=1.0, guided=False)
        warn_about_clusters(np.ones((5, 1)), unchanged(), beta=1.0, guided=False)


def test_dead_clusters_warn():
    memberships = np.array([[0.6, 0.1, 0.3, 0.0], [0.2, 0.1, 0.7, 0.0]])
    with pytest.warns(VAEWarning, match=r"No row is assigned to clusters 1, 3 \(n_clusters=4\). Use a"):
        warn_about_clusters(memberships, unchanged(), beta=1.0, guided=False)


def test_nearly_equal_memberships_warn():
    memberships = np.full((40, 4), 0.25) + 0.03 * np.tile(np.eye(4) - 0.25, (10, 1))
    with pytest.warns(VAEWarning, match="nearly equal: the mean of the largest membership is 0.27 with 4 clusters"):
        warn_about_clusters(memberships, unchanged(), beta=1.0, guided=False)


@settings(deadline=None, max_examples=50)
@given(arrays(float, st.tuples(st.integers(1, 20), st.integers(1, 6)), elements=st.floats(0, 1)))
def test_statistics_are_within_their_bounds(weights):
    memberships = (weights + 1e-12) / (weights + 1e-12).sum(axis=1, keepdims=True)
    n_clusters = memberships.shape[1]
    found = describe_memberships(memberships)
    assert found.keys() == NAMES
    assert 0 <= found["smallest_cluster"] <= 1 / n_clusters + 1e-9
    assert 1 - 1e-9 <= found["effective_clusters"] <= n_clusters + 1e-9
    assert 0 <= found["dead_clusters"] < n_clusters
    assert -1e-9 <= found["membership_entropy"] <= np.log(n_clusters) + 1e-9
    assert 1 / n_clusters - 1e-9 <= found["mean_confidence"] <= 1 + 1e-9


def test_diagnostics_do_not_change_training(blobs, monkeypatch):
    vae = {"max_epochs": 5}
    first = make(max_epochs=3, vae=vae).fit(blobs)
    for name in ("on_train_begin", "on_train_end"):
        monkeypatch.setattr(MembershipDiagnostics, name, lambda self, net, **kwargs: None)
    monkeypatch.setattr(MembershipDiagnostics, "mean_elbos", lambda self: (0.0, 0.0))
    monkeypatch.setattr("skvae.cluster._vade.warn_about_clusters", lambda *args, **kwargs: None)
    assert np.array_equal(first.predict_proba(blobs), make(max_epochs=3, vae=vae).fit(blobs).predict_proba(blobs))
