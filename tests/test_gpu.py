"""Training, extraction and saving on a GPU. ``SKVAE_GPU_TEST_DEVICE=cpu`` runs the tests that also make sense there."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV

import skvae
from skvae import MLP, VaDEClusterer, VAETransformer
from skvae.networks import Conv1d, Conv2d

DEVICE = os.environ.get("SKVAE_GPU_TEST_DEVICE", "cuda")
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(DEVICE != "cpu" and not torch.cuda.is_available(), reason="no CUDA device"),
    pytest.mark.filterwarnings("ignore:Joint training did not:UserWarning"),
]


@pytest.fixture(scope="module")
def digits():
    """Single-precision digits."""
    return load_digits().data[:400].astype(np.float32)


def make_vae(**parameters):
    return VAETransformer(
        4, **{"network": MLP((32,)), "max_epochs": 3, "device": DEVICE, "random_state": 0} | parameters
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"precision": "bf16"},
        {"accumulate": 3},
        {"regularizer": "tc"},
        {"regularizer": None},
        {"network": Conv1d((1, 64))},
        {"network": Conv2d((8, 8))},
    ],
    ids=["default", "bf16", "accumulate", "tc", "autoencoder", "conv1d", "conv2d"],
)
def test_same_seed_gives_same_model_and_finite_output(parameters, digits):
    vae, again = (make_vae(**parameters).fit(digits) for _ in range(2))
    assert vae.device_ == DEVICE
    assert next(vae.net_.module_.parameters()).device.type == torch.device(DEVICE).type
    latent = vae.transform(digits)
    assert np.isfinite(latent).all()
    np.testing.assert_allclose(latent, again.transform(digits), rtol=1e-5, atol=1e-5)
    assert np.isfinite(vae.score_samples(digits)).all()
    assert vae.inverse_transform(latent).shape == digits.shape


@pytest.mark.parametrize("fusion", ["poe", "late", "attention", "early"])
def test_missing_modality(fusion, digits):
    X = digits.copy()
    X[:40, 32:] = np.nan
    modalities = [("top", None, slice(0, 32)), ("bottom", None, slice(32, 64))]
    vae = make_vae(modalities=modalities, fusion=fusion).fit(X)
    assert np.isfinite(vae.transform(X)).all()
    assert np.isfinite(vae.impute(X)).all()


def test_partial_fit_and_warm_start(digits):
    vae = make_vae()
    for start in range(0, 400, 100):
        vae.partial_fit(digits[start : start + 100])
    assert np.isfinite(vae.transform(digits)).all()
    vae = make_vae(warm_start=True).fit(digits)
    assert np.isfinite(vae.fit(digits).transform(digits)).all()


@pytest.mark.parametrize("init", ["umap", "gmm", "kmeans"])
def test_vade_clusters(init, digits):
    vade = VaDEClusterer(3, vae=make_vae(), init=init, n_init=1, max_epochs=2, random_state=0).fit(digits)
    memberships = vade.predict_proba(digits)
    np.testing.assert_allclose(memberships.sum(axis=1), 1, rtol=1e-4)
    assert np.array_equal(vade.labels_, vade.predict(digits))
    X, labels = vade.sample(5, random_state=0)
    assert X.shape == (5, 64)
    assert labels.shape == (5,)


@pytest.mark.parametrize("estimator", ["vae", "vade"])
def test_saved_model_loads_without_a_gpu(estimator, digits, tmp_path):
    vae = make_vae()
    model = vae if estimator == "vae" else VaDEClusterer(3, vae=vae, init="gmm", max_epochs=2, random_state=0)
    latent = model.fit(digits).transform(digits)
    skvae.save(model, tmp_path / "model.skvae")
    np.save(tmp_path / "X.npy", digits)
    code = (
        "import sys, numpy as np, skvae; from pathlib import Path; folder = Path(sys.argv[1]); "
        "np.save(folder / 'Z.npy', skvae.load(folder / 'model.skvae').transform(np.load(folder / 'X.npy')))"
    )
    environ = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([sys.executable, "-c", code, tmp_path], env=environ, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "Z.npy"), latent, rtol=1e-3, atol=1e-3)


def test_pickle_clone_and_search(digits):
    vae = make_vae().fit(digits)
    assert np.array_equal(pickle.loads(pickle.dumps(vae)).transform(digits), vae.transform(digits))
    search = GridSearchCV(clone(vae), {"beta": [0.5, 2.0], "latent_dim": [2, 4]}, cv=2, n_jobs=2, error_score="raise")
    assert np.isfinite(search.fit(digits).cv_results_["mean_test_score"]).all()


@needs_cuda
def test_batch_that_is_too_large_names_batch_size(digits):
    X = np.tile(digits, (50, 1))
    vae = make_vae(network=MLP((8000, 8000)), batch_size=len(X), max_epochs=1)
    torch.cuda.set_per_process_memory_fraction(0.006)
    try:
        with pytest.raises(MemoryError, match="batch_size"):
            vae.fit(X)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()


@needs_cuda
def test_absent_gpu_is_a_clear_error(digits):
    with pytest.raises(ValueError, match="device='cuda:99' is not available"):
        make_vae(device="cuda:99").fit(digits)
