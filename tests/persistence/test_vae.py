"""Saved and loaded autoencoders return exactly the same results."""

import json
import re
import resource
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import make_column_selector
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EpochTimer

from skvae import (
    MLP,
    AudioFeatureExtractor,
    LyricsVectorizer,
    VaDEClusterer,
    VAETransformer,
    load,
    make_track_features,
    save,
)
from skvae.datasets import make_songs
from skvae.networks import Conv1d, Conv2d
from skvae.persistence import ModelFileError
from skvae.persistence._archive import pack
from skvae.vae import (
    make_autoencoder,
    make_beta_tc_vae,
    make_beta_vae,
    make_conditional_vae,
    make_conv_vae,
    make_multimodal_vae,
)

# Models are trained on noise for a few epochs.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Memberships are nearly equal:UserWarning"),
    pytest.mark.filterwarnings("ignore:Joint training did not improve:UserWarning"),
]


@pytest.fixture(scope="module")
def table():
    """Return a table of values in [0, 1] with two modalities and a condition. A third of the rows has no lyrics."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((240, 20)), columns=[f"{'audio' if i < 16 else 'lyrics'}__{i}" for i in range(20)])
    table.iloc[::3, 16:] = np.nan
    english = rng.random(240) < 0.5
    return table.assign(language__en=english.astype(float), language__bn=(~english).astype(float))


def small(**settings):
    return {"latent_dim": 2, "max_epochs": 2, "random_state": 0, **settings}


BOTH = {"modalities": "auto", "condition": "language"}
HYBRID = [("sound", Conv2d((4, 4), (3,)), "audio"), ("words", None, make_column_selector("lyrics__"))]

ONE_MODALITY = {
    "basic": VAETransformer(**small()),
    "beta": make_beta_vae(**small()),
    "beta-TC": make_beta_tc_vae(**small()),
    "autoencoder": make_autoencoder(**small()),
    "free bits": VAETransformer(**small(free_bits=0.1)),
    "Bernoulli": VAETransformer(**small(likelihood="bernoulli")),
    "standard": VAETransformer(**small(scale="standard")),
    "unscaled": VAETransformer(**small(scale=None)),
    "linear": VAETransformer(**small(network=MLP(()))),
    "dropout": VAETransformer(**small(network=MLP((8, 4), activation="gelu", dropout=0.3))),
    "conv2d": make_conv_vae(**small()),
    "conv1d": VAETransformer(**small(network=Conv1d((4, 4), channels=[2, 3], activation="tanh"))),
    "bfloat16": VAETransformer(**small(precision="bf16")),
}
SEVERAL_MODALITIES = {
    "conditional": make_conditional_vae(**small(modalities="auto")),
    "averaged condition": VAETransformer(**small(**BOTH, unknown_condition="average", scale_within_condition=False)),
    "numeric condition": VAETransformer(**small(modalities="auto", condition=["audio__3", "language__en"])),
    "conditional beta": VAETransformer(**small(**BOTH, beta=4.0)),
    "hybrid": VAETransformer(**small(modalities=HYBRID, condition="language")),
    "mask": VAETransformer(**small(modalities=[("all", None, np.arange(22) < 16)])),
} | {fusion: make_multimodal_vae(**small(fusion=fusion)) for fusion in ("poe", "late", "attention", "early")}


def compute_outputs(model, X):
    """Return the outputs of all methods of a fitted autoencoder."""
    Z = model.transform(X)
    outputs = {"latent": Z, "reconstruction": model.reconstruct(X)}
    conditions = getattr(model, "condition_", ())
    outputs["decoded"] = model.inverse_transform(Z, X.iloc[:, conditions]) if len(conditions) else None
    for method in ("posterior", "score_samples", "predict", "predict_proba"):
        if hasattr(model, method):
            outputs[method] = np.column_stack([*np.atleast_2d(getattr(model, method)(X))])
    return outputs


def assert_equal(outputs, others):
    assert outputs.keys() == others.keys()
    for name, values in outputs.items():
        if values is not None:
            assert np.asarray(values).dtype == np.asarray(others[name]).dtype
            assert np.array_equal(values, others[name], equal_nan=True), name


def round_trip(model, folder):
    path = Path(folder, "model.skvae")
    save(model, path)
    return load(path)


def fitted(model, X):
    return clone(model).fit(X)


def parameters(model):
    """Return the parameters as text, without memory addresses."""
    return re.sub(" at 0x[0-9a-fA-F]+", "", str(model.get_params()))


@pytest.mark.parametrize(("name", "dtype"), [*((name, np.float64) for name in ONE_MODALITY), ("basic", np.float32)])
def test_one_modality(name, dtype, table, tmp_path):
    X = table.iloc[:, :16].astype(dtype)
    model = fitted(ONE_MODALITY[name], X)
    if ONE_MODALITY[name].regularizer is None:
        loaded = round_trip(model, tmp_path)
        assert np.array_equal(model.transform(X), loaded.transform(X))
        assert np.array_equal(model.reconstruct(X), loaded.reconstruct(X))
    else:
        assert_equal(compute_outputs(model, X), compute_outputs(round_trip(model, tmp_path), X))


@pytest.mark.parametrize("name", SEVERAL_MODALITIES)
def test_modalities_and_conditions(name, table, tmp_path):
    model = fitted(SEVERAL_MODALITIES[name], table)
    loaded = round_trip(model, tmp_path)
    assert_equal(compute_outputs(model, table), compute_outputs(loaded, table))
    assert loaded.history_ == model.history_
    assert parameters(loaded) == parameters(model)
    assert loaded.get_feature_names_out().tolist() == model.get_feature_names_out().tolist()


@pytest.mark.parametrize(
    ("name", "init"),
    [
        ("beta-TC", "gmm"),
        ("conv2d", "gmm"),
        ("Bernoulli", "kmeans"),
        pytest.param("basic", "umap", marks=pytest.mark.slow),  # UMAP is compiled on first use.
    ],
)
def test_vade(name, init, table, tmp_path):
    X = table.iloc[:, :16]
    model = VaDEClusterer(3, vae=ONE_MODALITY[name], init=init, n_init=1, max_epochs=2, random_state=0).fit(X)
    loaded = round_trip(model, tmp_path)
    assert_equal(compute_outputs(model, X), compute_outputs(loaded, X))
    assert np.array_equal(loaded.labels_, model.labels_)
    assert np.array_equal(model.sample(5, random_state=0)[0], loaded.sample(5, random_state=0)[0])


@pytest.mark.parametrize("name", SEVERAL_MODALITIES)
def test_vade_over_modalities_and_conditions(name, table, tmp_path):
    model = VaDEClusterer(2, vae=SEVERAL_MODALITIES[name], init="kmeans", n_init=1, max_epochs=2, random_state=0).fit(
        table
    )
    loaded = round_trip(model, tmp_path)
    assert np.array_equal(model.predict_proba(table), loaded.predict_proba(table), equal_nan=True)
    assert np.array_equal(model.predict(table), loaded.predict(table))


@pytest.mark.parametrize("name", ["basic", "conditional"])
def test_loaded_model_can_be_trained_further(name, table, tmp_path):
    X = table.iloc[:, :16] if name == "basic" else table
    model = fitted((ONE_MODALITY | SEVERAL_MODALITIES)[name], X).set_params(warm_start=True)
    loaded = round_trip(model, tmp_path)
    assert np.array_equal(model.fit(X).transform(X), loaded.fit(X).transform(X))
    loaded = round_trip(model, tmp_path)
    loaded.partial_fit(X)
    assert np.isfinite(loaded.history_[-1]["train_loss"])


@pytest.mark.parametrize("model", [VAETransformer(4, network="conv1d"), VaDEClusterer(3, vae=VAETransformer(beta=2))])
def test_unfitted_model_keeps_its_parameters(model, tmp_path):
    assert parameters(round_trip(model, tmp_path)) == parameters(model)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    return make_songs(16, genres=["rock", "jazz"], languages=["en", "bn"], duration=3.0, random_state=0, out_dir=folder)


VAE = VAETransformer(**small(**BOTH, batch_size=16))
ENDS = {
    "KMeans": [VAE, KMeans(2, n_init=1, random_state=0)],
    "GaussianMixture": [VAE, GaussianMixture(2, random_state=0)],
    "VaDE": [VaDEClusterer(2, vae=VAE, init="gmm", n_init=1, max_epochs=2)],
}


@pytest.mark.parametrize("name", ENDS)
def test_pipeline_from_songs_to_clusters(name, songs, tmp_path):
    features = make_track_features(
        AudioFeatureExtractor(["rms", "mfcc"]), LyricsVectorizer(4, random_state=0), condition="language"
    )
    model = clone(make_pipeline(features, *ENDS[name])).fit(songs)
    loaded = round_trip(model, tmp_path)
    assert songs["lyrics"].isna().any()
    assert np.array_equal(model.predict(songs), loaded.predict(songs))
    assert np.array_equal(model[:2].transform(songs), loaded[:2].transform(songs))
    if hasattr(model, "predict_proba"):
        assert np.array_equal(model.predict_proba(songs), loaded.predict_proba(songs))


def test_model_trained_on_a_gpu_predicts_on_a_cpu(table, tmp_path, monkeypatch):
    X = table.iloc[:, :16]
    vade = VaDEClusterer(2, vae=ONE_MODALITY["basic"], init="gmm", n_init=1, max_epochs=1).fit(X)
    save(vade, tmp_path / "model.skvae")
    with ZipFile(tmp_path / "model.skvae") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    plain, gpu = '"content": "\\"cpu\\""', '"content": "\\"cuda\\""'
    schema = members["schema.json"].decode()
    assert schema.count(plain) == 1  # The attribute device_.
    members["schema.json"] = schema.replace(plain, gpu).encode()
    (tmp_path / "model.skvae").write_bytes(pack(members))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    loaded = load(tmp_path / "model.skvae")
    assert loaded.vae_.device_ == "cpu"
    assert np.array_equal(loaded.predict_proba(X), vade.predict_proba(X))


def test_file_contains_no_objects_of_torch_or_skorch(table, tmp_path):
    save(fitted(SEVERAL_MODALITIES["hybrid"], table), tmp_path / "model.skvae")
    with ZipFile(tmp_path / "model.skvae") as archive:
        schema = archive.read("schema.json").decode()
    assert json.loads(schema)
    assert "torch" not in schema
    assert "skorch" not in schema


def test_error_for_callbacks_contains_the_solution(table, tmp_path):
    model = VAETransformer(**small(callbacks=[EpochTimer()])).fit(table.iloc[:, :16])
    match = r"pipeline step 'vaetransformer', parameter 'callbacks' \(skorch\.callbacks\.\S+\.EpochTimer\) cannot"
    with pytest.raises(TypeError, match=match + r".*set_params\(callbacks=None\) before saving"):
        save(make_pipeline(model), tmp_path / "model.skvae")
    loaded = round_trip(model.set_params(callbacks=None), tmp_path)
    assert np.array_equal(model.transform(table.iloc[:, :16]), loaded.transform(table.iloc[:, :16]))


def test_settings_that_do_not_match_the_weights_need_no_memory(tmp_path):
    vae = VAETransformer(2, max_epochs=1, random_state=0).fit(np.random.default_rng(0).normal(size=(40, 5)))
    # The network would need ten gigabytes.
    vae.latent_model_.architecture["networks"] = [MLP((50_000, 50_000))]
    save(vae, tmp_path / "model.skvae")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelFileError):
        load(tmp_path / "model.skvae")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # Kilobytes.
