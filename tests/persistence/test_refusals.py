"""Objects that cannot be saved raise an error with their name and place before the file is written."""

import importlib
import inspect
import os
import stat
from collections import OrderedDict
from functools import partial

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import Birch, KMeans
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

import skvae
from skvae import BlockScaler, LyricsEmbedder, load, make_track_features, save
from skvae.networks import Network
from skvae.persistence._traversal import get_full_name
from skvae.persistence._trust import TRUSTED


class Foreign(TransformerMixin, BaseEstimator):
    """Transformer of another library."""

    def __init__(self, how=None):
        self.how = how

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X


class OwnNetwork(Network):
    """User-defined network."""

    def build(self, n_in, n_latent, n_condition):
        raise NotImplementedError


class Vowels:
    """User-defined text model."""

    def encode(self, texts):
        return np.array([[text.count(vowel) for vowel in "aeiou"] for text in texts])


def double(X):
    return 2 * X


nested = make_pipeline(FeatureUnion([("own", Foreign()), ("scaled", StandardScaler())]), KMeans(2))

REFUSED = {
    r"the estimator \(\S+\.Foreign\) cannot be saved": Foreign(),
    r"pipeline step 'foreign' \(\S+\.Foreign\) cannot be saved": make_pipeline(StandardScaler(), Foreign(), KMeans(2)),
    r"pipeline step 'featureunion', transformer 'own' \(\S+\.Foreign\)": nested,
    r"pipeline step 'pipeline', pipeline step 'featureunion', transformer 'own' \(": make_pipeline(nested),
    r"transformer 'x' \(\S+\.Foreign\)": ColumnTransformer([("x", Foreign(), [0])]),
    r"transformer 'x' \(\S+\.double\)": ColumnTransformer([("x", StandardScaler(), double)]),
    r"parameter 'func' \(\S+\.double\)": FunctionTransformer(double),
    r"transformer 'f', parameter 'func' \(\S+\.<lambda>\)": FeatureUnion([("f", FunctionTransformer(lambda X: X))]),
    r"parameter 'func' \(functools\.partial\)": FunctionTransformer(partial(np.add, 1)),
    r"parameter 'func' \(numpy\.save\)": FunctionTransformer(np.save),
    r"parameter 'func' \(builtins\.eval\)": FunctionTransformer(eval),
    r"transformer 'lyrics', parameter 'model' \(\S+\.Vowels\).* Set the parameter to the name": make_track_features(
        lyrics=LyricsEmbedder(Vowels())
    ),
    r"parameter 'kw_args' \(\S+\.OwnNetwork\)": FunctionTransformer(kw_args={"a": [OrderedDict(b=OwnNetwork())]}),
    "Birch cannot be saved: .*Birch": Birch().fit(np.eye(4)),
    r"attribute 'tree_' \(sklearn\.tree\._tree\.Tree\)": DecisionTreeClassifier().fit(np.eye(2), [0, 1]),
    r"attribute '_tree' \(sklearn\.neighbors\._kd_tree\.KDTree\)": KNeighborsClassifier(1, algorithm="kd_tree").fit(
        np.eye(2), [0, 1]
    ),
}


@pytest.mark.parametrize("place", REFUSED)
def test_error_contains_the_place_and_the_file_is_not_changed(place, tmp_path):
    path = tmp_path / "model.skvae"
    path.write_bytes(b"old content")
    with pytest.raises(TypeError, match=place):
        save(REFUSED[place], path)
    assert os.listdir(tmp_path) == ["model.skvae"]
    assert path.read_bytes() == b"old content"


@pytest.mark.parametrize("value", [KMeans, "model", {"a": 1}, np.eye(2)])
def test_only_estimators_can_be_saved(value, tmp_path):
    with pytest.raises(TypeError, match="estimator must be a scikit-learn estimator or pipeline, got"):
        save(value, tmp_path / "model.skvae")


def test_folder_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere' does not exist"):
        save(BlockScaler(), tmp_path / "nowhere" / "model.skvae")
    assert os.listdir(tmp_path) == []


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.skvae"
    save(KMeans(2), path)

    def full(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(KMeans(3), path)
    assert load(path).n_clusters == 2
    assert os.listdir(tmp_path) == ["model.skvae"]


def test_file_has_default_permissions(tmp_path):
    save(KMeans(2), tmp_path / "model.skvae")
    (tmp_path / "other").write_bytes(b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("model.skvae", "other")}
    assert len(modes) == 1


def test_relative_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(LinearRegression(), "model.skvae")
    assert isinstance(load("model.skvae"), LinearRegression)


@pytest.mark.parametrize("name", TRUSTED)
def test_trusted_names_exist(name):
    """Check that each name is a class or function."""
    module, _, own = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), own))


PACKAGES = [value for value in (getattr(skvae, name) for name in skvae.__all__) if inspect.ismodule(value)]
PUBLIC = {
    value
    for package in PACKAGES
    for value in (getattr(package, name) for name in package.__all__)
    if inspect.isclass(value)
}


@pytest.mark.parametrize("cls", sorted((c for c in PUBLIC if issubclass(c, BaseEstimator)), key=get_full_name))
def test_every_public_estimator_is_trusted(cls):
    assert cls is Network or get_full_name(cls) in TRUSTED
