"""Registries of representations and clusterers."""

import numpy as np
import pytest
from sklearn.cluster import BisectingKMeans
from sklearn.decomposition import FastICA

from skvae.experiments import compare
from skvae.experiments.study._clusterers import CLUSTERERS
from skvae.experiments.study._names import Kind
from skvae.experiments.study._representations import REPRESENTATIONS


def test_a_new_kind_is_one_function_and_one_registry_entry(monkeypatch):
    def make_ica(context, argument, settings):
        return FastICA(**{"n_components": context.latent_dim} | settings)

    def make_bisecting(Z, n_clusters, strategy, settings):
        return BisectingKMeans(n_clusters, bisecting_strategy=strategy or "biggest_inertia", **settings)

    allowed = ("largest_cluster",)
    monkeypatch.setitem(REPRESENTATIONS, "ica", Kind(make_ica, (FastICA,)))
    monkeypatch.setitem(CLUSTERERS, "bisecting", Kind(make_bisecting, (BisectingKMeans,), allowed_arguments=allowed))
    X = np.random.default_rng(0).normal(size=(20, 4))
    ica = {"kind": "ica", "settings": {"max_iter": 500}}
    options = {"n_clusters": 2, "latent_dim": 2, "seeds": 1, "metrics": ["silhouette"]}
    comparison = compare(X, [ica], ["bisecting", "bisecting-largest_cluster"], **options)
    assert comparison.errors_.empty
    assert set(comparison.labels("ica", "bisecting-largest_cluster", 0)) == {0, 1}
    with pytest.raises(ValueError, match="must end in one of largest_cluster"):
        compare(X, [ica], ["bisecting-smallest"], **options)
