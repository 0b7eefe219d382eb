"""Results without NaN and without dead components for several seeds.

benchmarks/bench_vade_stability.py uses more seeds.
"""

import numpy as np
import pytest
from difficult_tables import make_difficult_tables

from skvae import MLP, VaDEClusterer, VAETransformer

TABLES = make_difficult_tables(150)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Joint training did not improve")  # on small tables
@pytest.mark.parametrize("name", TABLES)
def test_results_are_finite_and_all_components_have_rows(name):
    X, n_clusters, settings = TABLES[name]
    vae = VAETransformer(4, network=MLP(hidden=(32,)), batch_size=32, learning_rate=3e-3, max_epochs=80, **settings)
    for seed in range(6):
        init = ("gmm", "kmeans")[seed % 2]
        vade = VaDEClusterer(n_clusters, vae=vae, init=init, n_init=2, max_epochs=10, random_state=seed).fit(X)
        assert np.bincount(vade.labels_, minlength=n_clusters).min() > 0, seed
        for values in (vade.predict_proba(X), vade.weights_, vade.cluster_centers_, vade.covariances_):
            assert np.isfinite(values).all(), seed
        assert all(np.isfinite([value for key, value in row.items() if key != "phase"]).all() for row in vade.history_)
