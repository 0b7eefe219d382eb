"""AudioEmbedder: windows, batches, functions, files that fail, cache and column names."""

import os
import pickle
import threading
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from audio_models import FAMILIES, embed
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from skvae import AudioEmbedder, VAETransformer, make_track_features
from skvae.audio import AudioSegment, ExtractionWarning, explode_segments
from skvae.audio.pretrained import _encoders


@pytest.mark.parametrize("family", FAMILIES)
def test_batch_size_changes_only_rounding(family, models, uneven_songs):
    X = [*uneven_songs, None, uneven_songs[0]]
    one, some, all_ = (embed(models[family], X, batch_size=n) for n in (1, 3, 64))
    assert np.isfinite(one[[0, 1, 2, 4]]).all()
    for other in (some, all_):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-5 * np.nanmax(np.abs(one)))
    np.testing.assert_array_equal(one[0], one[4])
    np.testing.assert_allclose(embed(models[family], X[1:2], batch_size=1), one[1:2])


@pytest.mark.slow  # each worker imports transformers
@pytest.mark.parametrize("family", FAMILIES)
def test_worker_processes_change_only_rounding(family, models, uneven_songs):
    X = [*uneven_songs, None, "missing.mp3", uneven_songs[0]]
    alone, parallel = (
        AudioEmbedder(models[family], window=1.0, normalize=True, n_jobs=n).fit(X).extract(X) for n in (1, 2)
    )
    np.testing.assert_allclose(parallel.table, alone.table, rtol=0, atol=1e-5 * alone.table.abs().max(axis=None))
    assert parallel.failures.equals(alone.failures)
    assert parallel.seconds.equals(alone.seconds)


def test_function_runs_in_the_main_process(uneven_songs):
    """A function need not be picklable. Threads decode the recordings for it."""
    lock, processes = threading.Lock(), []

    def function(samples, rate):
        with lock:
            processes.append((os.getpid(), threading.current_thread()))
        return [samples.mean(), samples.std()]

    alone, parallel = (embed(function, uneven_songs * 3, n_jobs=n) for n in (1, 3))
    assert set(processes) == {(os.getpid(), threading.main_thread())}
    np.testing.assert_array_equal(parallel, alone)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        np.testing.assert_array_equal(embed(function, uneven_songs * 3), alone)


def test_threads_of_joblib_share_the_model(models, uneven_songs, window_counts):
    expected = embed(models["wav2vec2"], uneven_songs)
    window_counts.clear()
    with joblib.parallel_config(backend="threading", n_jobs=2):
        np.testing.assert_array_equal(embed(models["wav2vec2"], uneven_songs), expected)
    assert sum(window_counts) == 1 + 4 + 3 + 1  # fit determines the width


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_gpu_gives_the_same_rows(family, models, uneven_songs):
    """The model runs in this process. Two threads decode."""
    on_cpu, on_gpu = (embed(models[family], uneven_songs * 3, device=d, n_jobs=2) for d in ("cpu", "cuda"))
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=0, atol=1e-2 * np.abs(on_cpu).max())


@pytest.mark.parametrize("family", FAMILIES)
def test_row_is_the_mean_over_windows(family, models, uneven_songs):
    whole = embed(models[family], uneven_songs[:1])
    parts = explode_segments(pd.DataFrame({"audio": uneven_songs[:1]}), seconds=1.0)
    np.testing.assert_allclose(embed(models[family], parts["audio"]).mean(axis=0), whole[0], atol=2e-2)
    seen = []

    def remember(samples, rate):
        seen.append(samples)
        return [samples.mean(), samples.std()]

    Z = AudioEmbedder(remember, window=1.5).fit([]).transform(uneven_songs[:2])
    windows = seen[1:]  # fit calls the function once to get the width
    assert [len(window) for window in windows] == [33075] * 5
    expected = [np.mean([[w.mean(), w.std()] for w in part], axis=0) for part in (windows[:3], windows[3:])]
    np.testing.assert_allclose(Z, expected, rtol=1e-6)
    whole = np.concatenate([windows[3][:22050], windows[4]])  # the windows of 2.5 s overlap by half a second
    np.testing.assert_allclose(windows[3][22050:], windows[4][: 33075 - 22050], atol=1e-6)
    assert len(whole) == pytest.approx(2.5 * 22050, abs=10)


def test_offset_duration_excerpts_and_normalize(models, uneven_songs):
    def seconds(**parameters):
        return (
            AudioEmbedder(models["hubert"], window=1.0, **parameters)
            .fit(uneven_songs)
            .extract(uneven_songs[:1])
            .seconds[0]
        )

    assert seconds(offset=1.0) == pytest.approx(3.0, abs=0.01)
    assert seconds(duration=2.0) == pytest.approx(2.0, abs=0.01)
    assert seconds(offset=1.0, duration=None) == pytest.approx(3.0, abs=0.01)
    assert seconds(offset=1.0, duration=None, excerpts=2) == pytest.approx(3.0, abs=0.01)
    assert seconds(duration=2.0, excerpts=2) == pytest.approx(2.0, abs=0.02)
    np.testing.assert_allclose(
        np.linalg.norm(embed(models["clap"], uneven_songs, normalize=True), axis=1), 1, rtol=1e-6
    )
    segment = [AudioSegment(uneven_songs[0], 1.0, 2.0)]
    np.testing.assert_allclose(
        embed(models["ast"], segment), embed(models["ast"], uneven_songs[:1], offset=1.0, duration=2.0), atol=1e-6
    )


def test_files_that_fail_become_nan_and_do_not_affect_other_rows(models, uneven_songs, write, tmp_path):
    silence, text = write("silence.flac", np.zeros(66150)), tmp_path / "text.mp3"
    text.write_text("not audio\n" * 1000)
    X = [uneven_songs[0], silence, str(text), "missing.mp3", None, uneven_songs[1]]
    embedder = AudioEmbedder(models["wav2vec2"], window=1.0)
    with pytest.warns(ExtractionWarning, match="4 of 6 recordings failed. Their rows are NaN: row 1") as caught:
        Z = embedder.fit_transform(X)
    assert caught[0].filename == __file__
    assert embedder.failed_["row"].tolist() == [1, 2, 3, 4]
    assert embedder.failed_["reason"].str.split(r"[ :]").str[0].tolist() == ["silent", "not", "file", "no"]
    assert np.isnan(Z[1:5]).all()
    np.testing.assert_allclose(Z[[0, 5]], embed(models["wav2vec2"], uneven_songs[:2]), atol=1e-6)
    table, failures, seconds = embedder.extract(X)
    np.testing.assert_array_equal(table, Z)
    pd.testing.assert_frame_equal(failures, embedder.failed_)
    assert (seconds > 0).tolist() == [True, False, False, False, False, True]
    with pytest.raises(ValueError, match=r"^row 1 \('missing.mp3'\): file not found$"):
        embedder.set_params(on_error="raise").transform([uneven_songs[0], "missing.mp3", None])


def test_nan_in_an_embedding_is_a_failure(uneven_songs):
    embedder = AudioEmbedder(lambda samples, rate: [1.0, np.nan if len(samples) < rate else 2.0], on_error="ignore")
    Z = embedder.fit_transform(uneven_songs)
    assert np.isnan(Z).any(axis=1).tolist() == [False, False, True]
    assert embedder.failed_.to_dict("records") == [
        {"row": 2, "path": uneven_songs[2], "reason": "its features contain NaN or infinite values"}
    ]


@pytest.fixture
def window_counts(monkeypatch):
    """List of the number of windows in each call of a model."""
    counts, call = [], _encoders.PretrainedEncoder.__call__

    def counted(self, windows):
        counts.append(len(windows))
        return call(self, windows)

    monkeypatch.setattr(_encoders.PretrainedEncoder, "__call__", counted)
    return counts


def test_cache_returns_rows_of_known_recordings(models, uneven_songs, make_signal, write, tmp_path, window_counts):
    """The cache identifies recordings by content, distinguishes models and settings, and stores no failures."""
    X = [*uneven_songs, (make_signal(9), 22050), "missing.mp3"]
    embedder = AudioEmbedder(models["hubert"], window=1.0, memory=tmp_path / "cache", on_error="ignore")
    expected = embedder.fit(X).extract(X)
    assert sum(window_counts) == 1 + 4 + 3 + 1 + 4
    np.testing.assert_array_equal(expected.table[:3], embed(models["hubert"], uneven_songs))
    window_counts.clear()
    for memory in (str(tmp_path / "cache"), joblib.Memory(str(tmp_path / "cache"), verbose=0)):
        again = clone(embedder).set_params(memory=memory, n_jobs=2).fit(X).extract(X)
        for one, other in zip(again, expected, strict=True):
            assert one.equals(other)
    assert window_counts == [1, 1]  # fit determines the width
    moved = Path(uneven_songs[0]).rename(tmp_path / "moved.wav")
    write("1.wav", make_signal(5))
    write("missing.mp3", make_signal(3))
    after = embedder.extract([moved, uneven_songs[1], str(tmp_path / "missing.mp3")])
    assert sum(window_counts[2:]) == 4 + 4
    assert after.table.iloc[0].equals(expected.table.iloc[0])
    assert not after.table.iloc[1].equals(expected.table.iloc[1])
    for parameters in ({"window": 2.0}, {"normalize": True}, {"layer": 1}, {"model": models["wavlm"]}):
        other = clone(embedder).set_params(**parameters).fit(X).extract(X[3:4])
        assert not other.table.iloc[0].equals(expected.table.iloc[3])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")  # one check supports transformers of paths
def test_scikit_learn_interface(models, uneven_songs):
    for result in check_estimator(AudioEmbedder(str), on_skip=None, on_fail=None):
        assert result["status"] == "passed"
    embedder = AudioEmbedder(models["hubert"], window=1.0)
    with pytest.raises(NotFittedError):
        embedder.transform(uneven_songs)
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    expected = embedder.fit_transform(uneven_songs)
    embed(models["clap-fused"], uneven_songs)
    np.testing.assert_array_equal(np.random.get_state()[1], before[0])  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), before[1])
    assert embedder.get_params() == clone(embedder).get_params()
    content = pickle.dumps(embedder)
    assert len(content) < 5000
    np.testing.assert_array_equal(pickle.loads(content).transform(uneven_songs), expected)
    np.testing.assert_allclose(embedder.transform(uneven_songs[::-1]), expected[::-1], atol=1e-6)
    assert embedder.transform([]).shape == (0, 16)
    np.testing.assert_allclose(embedder.seconds_, [4.0, 2.5, 0.8], atol=0.01)
    assert not hasattr(embedder.fit(uneven_songs), "failed_")
    assert embedder.get_feature_names_out().tolist() == [f"embedding{i:02d}" for i in range(16)]


def test_pandas_output_has_the_index_and_block_names(models, uneven_songs):
    frame = pd.DataFrame({"audio": uneven_songs, "year": [1, 2, 3]}, index=["x", "y", "z"])
    embedder = AudioEmbedder(models["clap"], window=1.0)
    union = ColumnTransformer([("audio", embedder, "audio"), ("tag", "passthrough", ["year"])])
    table = union.set_output(transform="pandas").fit_transform(frame.iloc[::-1])
    assert list(table.index) == ["z", "y", "x"]
    assert list(table.columns[[0, 11, 12]]) == ["audio__embedding00", "audio__embedding11", "tag__year"]
    features = make_track_features(audio=embedder, lyrics=None).fit_transform(frame)
    np.testing.assert_allclose(features, table.iloc[::-1, :12], atol=1e-6)
    assert (features.dtypes == np.float32).all()


@pytest.mark.parametrize(
    ("family", "parameters", "message"),
    [
        ("clap", {"window": 5.0}, "window=5 is longer than the input of the model. Use at most 1 s"),
        ("ast", {"window": 5.0}, "window=5 is longer than the input of the model. Use at most 1 s"),
        ("ast", {"sample_rate": 16000}, "sample_rate=16000 cannot be set for a pretrained model"),
        ("ast", {"window": 0.1}, "The 'window' parameter"),
        ("ast", {"on_error": "stop"}, "The 'on_error' parameter"),
        (None, {"layer": 1}, "layer=1 requires a pretrained model"),
        (None, {"memory": "cache"}, "memory='cache' requires a pretrained model"),
    ],
)
def test_invalid_parameters_raise_errors(family, parameters, message, models):
    with pytest.raises(ValueError, match=message):
        embed(models[family] if family else lambda samples, rate: samples[:3], ["a.mp3"], **parameters)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda samples, rate: 3.0, r"model must return an array of shape \(width,\) for a window, got \(\)"),
        (lambda samples, rate: [[1.0]], r"for a window, got \(1, 1\)"),
        (lambda samples, rate: [], r"for a window, got \(0,\)"),
    ],
)
def test_function_with_invalid_output_raises_an_error(function, message):
    with pytest.raises(ValueError, match=message):
        AudioEmbedder(function).fit([])


@pytest.mark.parametrize("X", ["song.mp3", [5], np.zeros((5, 2))])
def test_input_is_validated_before_a_model_is_loaded(X):
    with pytest.raises((ValueError, TypeError), match="X"):
        AudioEmbedder("nobody/nothing").fit(X)


def test_precomputed_embeddings_are_modalities_of_the_vae(models, uneven_songs, make_signal):
    """A table of embeddings from another source requires only one prefix per modality."""
    audio = embed(models["clap"], [(make_signal(i, seconds=1.0), 22050) for i in range(30)])
    lyrics = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    table = pd.DataFrame(audio).add_prefix("audio__e").join(pd.DataFrame(lyrics).add_prefix("lyrics__e"))
    table.iloc[3, :12] = np.nan
    vae = VAETransformer(2, modalities="auto", max_epochs=3, random_state=0)
    Z = vae.fit_transform(table)
    assert {name: len(columns) for name, columns in vae.modalities_.items()} == {"audio": 12, "lyrics": 5}
    assert Z.shape == (30, 2)
    assert np.isfinite(Z).all()
