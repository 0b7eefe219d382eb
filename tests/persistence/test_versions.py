"""Files of other versions of skvae and scikit-learn."""

import json
from zipfile import ZipFile

import numpy as np
import pytest
import sklearn
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae.persistence import ModelFileError, _load
from skvae.persistence._archive import pack

X = np.random.default_rng(0).normal(size=(30, 3))


@pytest.fixture
def path(tmp_path):
    model = make_pipeline(StandardScaler(), KMeans(2, n_init=1, random_state=0)).fit(X)
    skvae.save(model, tmp_path / "model.skvae")
    return tmp_path / "model.skvae"


def members(path):
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_file_contains_the_versions_of_the_libraries(path):
    versions = json.loads(members(path)["skvae.json"])
    assert versions["skvae"] == skvae.__version__
    assert set(versions) == {"skvae", "scikit-learn", "numpy", "torch", "skops"}


@pytest.mark.parametrize(
    ("own", "saved", "loads"),
    [
        ("0.1.0.dev0", "0.1.0.dev0", True),
        ("0.1.0.dev0", "0.1.7", True),
        ("0.2.0", "0.1.3", True),
        ("0.10.0", "0.9.0", True),
        ("1.0.0", "0.9.0", True),
        ("1.3.2", "1.3.9rc1", True),
        ("1.4", "1.3.9", True),
        ("0.1.9", "0.2.0.dev0", False),
        ("0.9.0", "0.10.0", False),
        ("0.9.0", "1.0.0", False),
        ("1.2.0", "1.3.0", False),
        ("1.9.0", "2.0.0", False),
    ],
)
def test_older_files_are_loaded_and_newer_files_are_rejected(own, saved, loads, path, monkeypatch):
    monkeypatch.setattr(_load, "__version__", own)
    content = members(path)
    versions = json.loads(content["skvae.json"]) | {"skvae": saved}
    path.write_bytes(pack(content | {"skvae.json": json.dumps(versions).encode()}))
    if loads:
        assert skvae.load(path).predict(X).shape == (30,)
    else:
        with pytest.raises(
            ModelFileError, match=f"saved with skvae {saved}, but skvae {own} is installed. Upgrade skvae"
        ):
            skvae.load(path)


def test_version_is_checked_before_the_content(path, monkeypatch):
    content = members(path) | {"schema.json": b'{"of": "another kind"}'}
    path.write_bytes(pack(content | {"skvae.json": b'{"skvae": "99.0"}'}))
    with pytest.raises(ModelFileError, match="Upgrade skvae"):
        skvae.load(path)


def test_error_of_a_newer_skops_format(path):
    content = members(path)
    schema = json.loads(content["schema.json"]) | {"protocol": 999}
    path.write_bytes(pack(content | {"schema.json": json.dumps(schema).encode()}))
    with pytest.raises(ModelFileError, match="update skops"):
        skvae.load(path)


def test_other_version_of_scikit_learn_gives_one_warning(path):
    content = members(path)
    schema = content["schema.json"].decode()
    own = f'"content": "\\"{sklearn.__version__}\\""'
    assert schema.count(own) == 3
    path.write_bytes(pack(content | {"schema.json": schema.replace(own, '"content": "\\"1.2.3\\""').encode()}))
    with pytest.warns(
        UserWarning, match="was saved with scikit-learn 1.2.3, but scikit-learn .* is installed"
    ) as caught:
        skvae.load(path)
    (warning,) = caught
    assert warning.filename == __file__
    assert "KMeans, Pipeline, StandardScaler" in str(warning.message)
