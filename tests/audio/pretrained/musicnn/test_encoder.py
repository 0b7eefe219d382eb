"""AudioEmbedder with musicnn: vectors, layers, tags, cache and saved files."""

import pickle
import shutil
import subprocess
import sys

import faulty_decoders
import numpy as np
import pandas as pd
import pytest

from skvae import AudioEmbedder, load, save
from skvae.audio import PRETRAINED_MODELS, AudioSegment

pytestmark = pytest.mark.usefixtures("musicnn_folder")


def test_embedding_is_the_mean_over_windows(uneven_songs):
    embedder = AudioEmbedder("musicnn", on_error="ignore")
    Z = embedder.fit_transform([*uneven_songs, "missing.mp3"])
    assert Z.shape == (4, 200)
    assert Z.dtype == np.float32
    assert embedder.sample_rate_ == 16000
    assert embedder.get_feature_names_out()[[0, -1]].tolist() == ["embedding000", "embedding199"]
    assert np.isfinite(Z[:3]).all()
    assert np.isnan(Z[3]).all()
    # Windows are evenly spaced: the two windows of 4 s start at 0 s and at 0.992 s.
    parts = [AudioSegment(uneven_songs[0], 0.0, 3.008), AudioSegment(uneven_songs[0], 4 - 3.008, 3.008)]
    np.testing.assert_allclose(embedder.transform(parts).mean(axis=0), Z[0], atol=0.02 * np.abs(Z[0]).max())
    batched = AudioEmbedder("musicnn", batch_size=1, on_error="ignore").fit_transform(uneven_songs)
    np.testing.assert_allclose(batched, Z[:3], atol=1e-5 * np.abs(Z[:3]).max())


def test_worker_processes_give_the_same_rows(uneven_songs, tmp_path):
    """Rows, tags, failures and the cache do not depend on `n_jobs`."""
    X = [*uneven_songs, None, uneven_songs[0]]
    alone, parallel = (AudioEmbedder("musicnn", n_jobs=n, memory=tmp_path / str(n)).fit([]) for n in (1, 2))
    (expected, failures, _), expected_tags = alone.extract_with_tags(X)
    extraction, tags = parallel.extract_with_tags(X)
    np.testing.assert_allclose(extraction.table, expected, rtol=0, atol=1e-5 * expected.abs().max(axis=None))
    np.testing.assert_allclose(tags, expected_tags, rtol=0, atol=1e-5)
    assert extraction.failures.equals(failures)
    cached = parallel.set_params(n_jobs=1).extract(X)
    np.testing.assert_array_equal(cached.table, extraction.table)


@pytest.mark.slow
def test_end_of_a_worker_process_affects_one_row(uneven_songs):
    X = [*uneven_songs, faulty_decoders.Deadly("dies.wav"), *uneven_songs]
    table, failures, _ = AudioEmbedder("musicnn", n_jobs=2).fit([]).extract(X)
    assert failures["row"].tolist() == [3]
    assert failures["reason"][0].startswith("the worker process ended: ")
    np.testing.assert_array_equal(
        table.drop(index=3), AudioEmbedder("musicnn", n_jobs=2).fit_transform(uneven_songs * 2)
    )


@pytest.mark.slow
def test_worker_imports_neither_transformers_nor_librosa(uneven_songs):
    code = (
        "import sys, joblib; from skvae import AudioEmbedder\n"
        "AudioEmbedder('musicnn', n_jobs=2, device='cpu').fit_transform(sys.argv[1:] * 4)\n"
        "print(*joblib.Parallel(2)(joblib.delayed(lambda: ' '.join(sys.modules))() for _ in range(4)))"
    )
    command = [sys.executable, "-c", code, *uneven_songs]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "torch" in loaded
    assert not {"transformers", "numba", "librosa", "pandas", "sklearn"} & set(loaded)


def test_package_is_not_imported(uneven_songs):
    AudioEmbedder("musicnn").fit_transform(uneven_songs[:1])
    assert "musicnn" not in sys.modules
    assert "tensorflow" not in sys.modules


@pytest.mark.parametrize(("layer", "width"), [("penultimate", 200), ("mean_pool", 753), ("max_pool", 753)])
def test_layer_selects_the_vector(layer, width, uneven_songs):
    Z = AudioEmbedder("musicnn", layer=layer, normalize=True).fit_transform(uneven_songs[:2])
    assert Z.shape == (2, width)
    np.testing.assert_allclose(np.linalg.norm(Z, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"layer": 3}, "layer=3 is not a layer of model='musicnn'. Use one of penultimate, mean_pool, max_pool"),
        ({"layer": "last"}, "layer='last' is not a layer of model='musicnn'"),
        ({"window": 10.0}, "window=10 is longer than the input of the model. Use at most 3.008 s"),
        ({"sample_rate": 22050}, "sample_rate=22050 cannot be set for a pretrained model"),
    ],
)
def test_invalid_parameters_raise_errors(parameters, message):
    with pytest.raises(ValueError, match=message):
        AudioEmbedder("musicnn", **parameters).fit([])


@pytest.mark.parametrize("name", ["musicnn", "musicnn-mtt"])
def test_tags_are_returned_with_the_embedding(name, uneven_songs):
    X = pd.DataFrame({"audio": [uneven_songs[0], None, uneven_songs[1]]}, index=["x", "y", "z"])
    embedder = AudioEmbedder(name, normalize=True).fit(X)
    extraction, tags = embedder.extract_with_tags(X)
    assert list(tags.columns) == list(PRETRAINED_MODELS[name].tags)
    assert list(tags.index) == ["x", "y", "z"]
    assert tags.shape == (3, 50)
    assert tags.notna().all(axis=1).tolist() == [True, False, True]
    assert tags.loc[["x", "z"]].ge(0).all(axis=None)
    assert tags.loc[["x", "z"]].le(1).all(axis=None)
    assert extraction.failures["row"].tolist() == [1]
    plain = embedder.extract(X)
    for one, other in zip(plain, extraction, strict=True):
        assert one.equals(other)
    np.testing.assert_allclose(np.linalg.norm(plain.table.iloc[0]), 1, rtol=1e-5)


def test_cache_contains_tags(uneven_songs, tmp_path, monkeypatch):
    from skvae.audio.pretrained.musicnn._encoder import MusicNNEncoder

    embedder = AudioEmbedder("musicnn", memory=tmp_path / "cache").fit([])
    expected = embedder.fit_transform(uneven_songs)
    monkeypatch.setattr(MusicNNEncoder, "__call__", None)  # raises a TypeError
    extraction, tags = embedder.extract_with_tags(uneven_songs)
    np.testing.assert_array_equal(extraction.table, expected)
    assert tags.notna().all(axis=None)
    other = AudioEmbedder("musicnn", memory=tmp_path / "cache", layer="mean_pool")
    with pytest.raises(TypeError):
        other.fit_transform(uneven_songs)


def test_saved_file_contains_only_the_name(uneven_songs, tmp_path):
    embedder = AudioEmbedder("musicnn", layer="max_pool", device="cpu")
    expected = embedder.fit_transform(uneven_songs)
    save(embedder, tmp_path / "model.skvae")
    assert (tmp_path / "model.skvae").stat().st_size < 10_000
    loaded = load(tmp_path / "model.skvae")
    assert loaded.model == "musicnn"
    np.testing.assert_array_equal(loaded.transform(uneven_songs), expected)
    content = pickle.dumps(embedder)
    assert len(content) < 5000
    np.testing.assert_array_equal(pickle.loads(content).transform(uneven_songs), expected)


def test_incomplete_package_raises_an_error(musicnn_folder, tmp_path, monkeypatch):
    """A copy of the package without weights, and with damaged weights."""
    copy = tmp_path / "musicnn"
    shutil.copytree(musicnn_folder / "MSD_musicnn", copy / "MSD_musicnn")
    (copy / "__init__.py").write_text("raise RuntimeError('this file must not be executed')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert AudioEmbedder("musicnn").fit([]).get_feature_names_out().size == 200
    index = copy / "MSD_musicnn" / ".index"
    index.write_bytes(index.read_bytes()[:-1])
    with pytest.raises(ValueError, match="is damaged: the index is not a LevelDB table"):
        AudioEmbedder("musicnn").fit([])
    index.unlink()
    with pytest.raises(OSError, match="does not contain the weights of model='musicnn'"):
        AudioEmbedder("musicnn").fit([])


def test_tags_of_real_songs_are_plausible(cc_songs):
    # Five most probable tags must contain one of the given tags.
    expected = {
        "dead-smiling-pirates-i-18.ogg": {"rock"},  # genre: punk rock
        "jonathan-coulton-code-monkey.ogg": {"rock"},
        "jonathan-coulton-better.mp3": {"folk", "acoustic"},
        "los-rombos-fantasma.mp3": {"folk", "acoustic"},  # genre: folk
        "fairy-bot-orchestra-heaven-can-t-wait.ogg": {"female vocalists"},
        "pornophonique-space-invaders.mp3": {"electronic"},  # genre: music of 8-bit computers
    }
    paths = [cc_songs / "audio" / name for name in expected]
    _, tags = AudioEmbedder("musicnn", duration=12.0).fit(paths).extract_with_tags(paths)
    for (name, plausible), (_, row) in zip(expected.items(), tags.iterrows(), strict=True):
        assert plausible & set(row.nlargest(5).index), f"{name}: {row.nlargest(5).to_dict()}"
