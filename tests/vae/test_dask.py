"""Training on a Dask array with dask-ml."""

import dask.array
import numpy as np
import pytest
from sklearn.datasets import load_digits

from skvae import VAETransformer


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_dask_ml_trains_on_each_chunk():
    from dask_ml.wrappers import Incremental

    X = load_digits().data[:900]
    vae = VAETransformer(8, kl_warmup_steps=10, random_state=0)
    incremental = Incremental(vae, shuffle_blocks=False).fit(dask.array.from_array(X, chunks=(300, 64)))
    for start in range(0, len(X), 300):
        vae.partial_fit(X[start : start + 300])
    assert incremental.estimator_.n_iter_ == vae.n_iter_ == 3
    assert np.array_equal(np.asarray(incremental.transform(X)), vae.transform(X))
