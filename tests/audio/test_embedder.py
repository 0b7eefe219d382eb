"""AudioEmbedder: tiny models of each family with random weights, any function, bad files, cache; and its columns."""

import itertools
import json
import pickle
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from skvae import AudioEmbedder, VAETransformer, make_track_features
from skvae.audio import AudioSegment, ExtractionWarning, _pretrained, explode_segments
from skvae.audio._embedder import _windows

SPEECH = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "conv_dim": (8, 8),
    "conv_kernel": (10, 8),
    "conv_stride": (10, 8),
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}
SPECTROGRAM = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_length": 100,
    "num_mel_bins": 32,
}


def clap(fusion):
    audio = {
        "num_mel_bins": 16,
        "spec_size": 64,
        "window_size": 4,
        "patch_size": 2,
        "patch_stride": 2,
        "hidden_size": 32,
        "patch_embeds_hidden_size": 16,
        "depths": [1, 1],
        "num_attention_heads": [2, 2],
        "enable_fusion": fusion,
        "enable_patch_layer_norm": True,
    }
    text = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = transformers.ClapConfig(audio_config=audio, text_config=text | {"vocab_size": 50}, projection_dim=12)
    extractor = transformers.ClapFeatureExtractor(
        feature_size=16, max_length_s=1, truncation="fusion" if fusion else "rand_trunc"
    )
    return transformers.ClapModel(config), extractor


def speech(family, rate=16000):
    config = getattr(transformers, f"{family}Config")(**SPEECH)
    return getattr(transformers, f"{family}Model")(config), transformers.Wav2Vec2FeatureExtractor(sampling_rate=rate)


def spectrogram():
    model = transformers.ASTForAudioClassification(transformers.ASTConfig(**SPECTROGRAM))
    return model, transformers.ASTFeatureExtractor(num_mel_bins=32, max_length=100)


FAMILIES = {
    "clap": lambda: clap(fusion=False),
    "clap-fused": lambda: clap(fusion=True),
    "ast": spectrogram,  # a classifier, of which the embedder leaves out the head
    "wav2vec2": lambda: speech("Wav2Vec2"),
    "hubert": lambda: speech("Hubert"),
    "wavlm": lambda: speech("WavLM"),
    "mert": lambda: speech("Hubert", rate=24000),  # MERT is HuBERT at another rate, with code of its own on the hub
}
WIDTH = {"clap": 12, "clap-fused": 12}
RATE = {"clap": 48000, "clap-fused": 48000, "mert": 24000}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folder of a saved model of each family."""
    folders = {}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for name, make in FAMILIES.items():
            folders[name] = tmp_path_factory.mktemp(name)
            for part in make():
                part.save_pretrained(folders[name])
    return folders


@pytest.fixture(scope="module", params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def songs(make_signal, write):
    """Paths of three recordings of 4, 2.5 and 0.8 seconds."""
    return [write(f"{i}.wav", make_signal(i, seconds=s), subtype="FLOAT") for i, s in enumerate((4, 2.5, 0.8))]


def embed(folder, X, **parameters):
    return AudioEmbedder(folder, **{"window": 1.0, "on_error": "ignore"} | parameters).fit_transform(X)


def test_every_family_gives_its_vector_of_a_window(family, folders, make_signal):
    """The same as the model called by hand."""
    rate = RATE.get(family, 16000)
    y = make_signal(1, seconds=1.0, rate=rate)
    extractor = transformers.AutoFeatureExtractor.from_pretrained(folders[family])
    model = transformers.AutoModel.from_pretrained(folders[family]).eval()
    inputs = extractor(y, sampling_rate=rate, return_tensors="pt")
    with torch.inference_mode():
        if family.startswith("clap"):
            inputs["is_longer"] = torch.zeros_like(inputs["is_longer"])
            expected = model.get_audio_features(**inputs.to("cpu", dtype=torch.float32)).pooler_output
        elif family == "ast":
            expected = model(**inputs).pooler_output
        else:
            expected = model(**inputs).last_hidden_state.mean(dim=1)
    embedder = AudioEmbedder(folders[family], window=1.0)
    Z = embedder.fit_transform([y])
    assert embedder.sample_rate_ == rate
    assert Z.shape == (1, WIDTH.get(family, 16))
    assert Z.dtype == np.float32
    # The first and last sample of the signal may be cut off as silence.
    norm = np.linalg.norm if family.startswith("clap") else lambda expected: 1
    np.testing.assert_allclose(Z / norm(Z), expected.numpy() / norm(expected), atol=1e-3)
    np.testing.assert_array_equal(embedder.transform([(y, rate)]), Z)


def test_batches_change_rows_by_rounding_only(family, folders, songs):
    X = [*songs, None, songs[0]]
    one, some, all_ = (embed(folders[family], X, batch_size=n) for n in (1, 3, 64))
    assert np.isfinite(one[[0, 1, 2, 4]]).all()
    for other in (some, all_, embed(folders[family], X, n_jobs=2)):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-5 * np.nanmax(np.abs(one)))
    np.testing.assert_array_equal(one[0], one[4])
    np.testing.assert_allclose(embed(folders[family], X[1:2], batch_size=1), one[1:2])


def test_a_row_is_the_mean_of_its_windows(family, folders, songs):
    whole = embed(folders[family], songs[:1])
    parts = explode_segments(pd.DataFrame({"audio": songs[:1]}), seconds=1.0)
    np.testing.assert_allclose(embed(folders[family], parts["audio"]).mean(axis=0), whole[0], atol=2e-2)
    seen = []

    def remember(samples, rate):
        seen.append(samples)
        return [samples.mean(), samples.std()]

    Z = AudioEmbedder(remember, window=1.5).fit([]).transform(songs[:2])
    windows = seen[1:]  # fit asks for one, to learn the width
    assert [len(window) for window in windows] == [33075] * 5
    expected = [np.mean([[w.mean(), w.std()] for w in part], axis=0) for part in (windows[:3], windows[3:])]
    np.testing.assert_allclose(Z, expected, rtol=1e-6)
    whole = np.concatenate([windows[3][:22050], windows[4]])  # the windows of 2.5 s overlap by half a second
    np.testing.assert_allclose(windows[3][22050:], windows[4][: 33075 - 22050], atol=1e-6)
    assert len(whole) == pytest.approx(2.5 * 22050, abs=10)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 5000), st.integers(10, 900))
def test_windows_reach_from_the_first_sample_to_the_last(n_samples, length):
    windows = _windows(np.arange(n_samples), length)
    if n_samples < length:
        assert [len(window) for window in windows] == [n_samples]
        return
    assert {len(window) for window in windows} == {length}
    assert windows[0][0] == 0
    assert n_samples - 1 - windows[-1][-1] <= 0.01 * length
    gaps = [later[0] - earlier[-1] - 1 for earlier, later in itertools.pairwise(windows)]
    assert all(gap <= 0.01 * length for gap in gaps)
    assert (len(windows) - 1) * length < n_samples


def test_offset_duration_excerpts_and_length(folders, songs):
    def seconds(**parameters):
        return AudioEmbedder(folders["hubert"], window=1.0, **parameters).fit(songs).extract(songs[:1]).seconds[0]

    assert seconds(offset=1.0) == pytest.approx(3.0, abs=0.01)
    assert seconds(duration=2.0) == pytest.approx(2.0, abs=0.01)
    assert seconds(duration=2.0, excerpts=2) == pytest.approx(2.0, abs=0.02)
    np.testing.assert_allclose(np.linalg.norm(embed(folders["clap"], songs, normalize=True), axis=1), 1, rtol=1e-6)
    segment = [AudioSegment(songs[0], 1.0, 2.0)]
    np.testing.assert_allclose(
        embed(folders["ast"], segment), embed(folders["ast"], songs[:1], offset=1.0, duration=2.0), atol=1e-6
    )


def test_layers(folders, songs):
    layers = [embed(folders["hubert"], songs, layer=i) for i in (0, 1, 2, -1)]
    np.testing.assert_array_equal(layers[2], layers[3])
    np.testing.assert_allclose(layers[2], embed(folders["hubert"], songs), atol=1e-6)
    assert not np.allclose(layers[0], layers[1])
    assert embed(folders["ast"], songs, layer=1).shape == (3, 16)
    with pytest.raises(ValueError, match="layer=3: the model has hidden states 0 to 2"):
        embed(folders["hubert"], songs, layer=3)
    with pytest.raises(ValueError, match="layer=1: CLAP has one vector"):
        embed(folders["clap"], songs, layer=1)


def test_bad_files_become_nan_and_change_no_other_row(folders, songs, write, tmp_path):
    silence, text = write("silence.flac", np.zeros(66150)), tmp_path / "text.mp3"
    text.write_text("not audio\n" * 1000)
    X = [songs[0], silence, str(text), "missing.mp3", None, songs[1]]
    embedder = AudioEmbedder(folders["wav2vec2"], window=1.0)
    with pytest.warns(ExtractionWarning, match="4 of 6 recordings are rows of NaN: row 1") as caught:
        Z = embedder.fit_transform(X)
    assert caught[0].filename == __file__
    assert embedder.failed_["row"].tolist() == [1, 2, 3, 4]
    assert embedder.failed_["reason"].str.split(r"[ :]").str[0].tolist() == ["silent", "not", "file", "no"]
    assert np.isnan(Z[1:5]).all()
    np.testing.assert_allclose(Z[[0, 5]], embed(folders["wav2vec2"], songs[:2]), atol=1e-6)
    table, failures, seconds = embedder.extract(X)
    np.testing.assert_array_equal(table, Z)
    pd.testing.assert_frame_equal(failures, embedder.failed_)
    assert (seconds > 0).tolist() == [True, False, False, False, False, True]
    with pytest.raises(ValueError, match=r"^row 1 \('missing.mp3'\): file not found$"):
        embedder.set_params(on_error="raise").transform([songs[0], "missing.mp3", None])


def test_numbers_that_are_none_are_a_failure_of_the_row(songs):
    embedder = AudioEmbedder(lambda samples, rate: [1.0, np.nan if len(samples) < rate else 2.0], on_error="ignore")
    Z = embedder.fit_transform(songs)
    assert np.isnan(Z).any(axis=1).tolist() == [False, False, True]
    assert embedder.failed_.to_dict("records") == [
        {"row": 2, "path": songs[2], "reason": "its description has NaN or infinite numbers"}
    ]


@pytest.fixture
def asked(monkeypatch):
    """List that grows by the number of windows of every call of a model."""
    counts, call = [], _pretrained.PretrainedEncoder.__call__

    def counted(self, windows):
        counts.append(len(windows))
        return call(self, windows)

    monkeypatch.setattr(_pretrained.PretrainedEncoder, "__call__", counted)
    return counts


def test_memory(folders, songs, make_signal, write, tmp_path, asked):
    """The cache knows recordings by their content, and models and settings apart; failures are not kept."""
    X = [*songs, (make_signal(9), 22050), "missing.mp3"]
    embedder = AudioEmbedder(folders["hubert"], window=1.0, memory=tmp_path / "cache", on_error="ignore")
    expected = embedder.fit(X).extract(X)
    assert sum(asked) == 1 + 4 + 3 + 1 + 4
    np.testing.assert_array_equal(expected.table[:3], embed(folders["hubert"], songs))
    asked.clear()
    for memory in (str(tmp_path / "cache"), joblib.Memory(str(tmp_path / "cache"), verbose=0)):
        again = clone(embedder).set_params(memory=memory, n_jobs=2).fit(X).extract(X)
        for one, other in zip(again, expected, strict=True):
            assert one.equals(other)
    assert asked == [1, 1]  # fit learns the width
    moved = Path(songs[0]).rename(tmp_path / "moved.wav")
    write("1.wav", make_signal(5))
    write("missing.mp3", make_signal(3))
    after = embedder.extract([moved, songs[1], str(tmp_path / "missing.mp3")])
    assert sum(asked[2:]) == 4 + 4
    assert after.table.iloc[0].equals(expected.table.iloc[0])
    assert not after.table.iloc[1].equals(expected.table.iloc[1])
    for parameters in ({"window": 2.0}, {"normalize": True}, {"layer": 1}, {"model": folders["wavlm"]}):
        other = clone(embedder).set_params(**parameters).fit(X).extract(X[3:4])
        assert not other.table.iloc[0].equals(expected.table.iloc[3])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")  # one check fits transformers of paths
def test_contract(folders, songs):
    for result in check_estimator(AudioEmbedder(str), on_skip=None, on_fail=None):
        assert result["status"] == "passed"
    embedder = AudioEmbedder(folders["hubert"], window=1.0)
    with pytest.raises(NotFittedError):
        embedder.transform(songs)
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    expected = embedder.fit_transform(songs)
    embed(folders["clap-fused"], songs)
    np.testing.assert_array_equal(np.random.get_state()[1], before[0])  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), before[1])
    assert embedder.get_params() == clone(embedder).get_params()
    content = pickle.dumps(embedder)
    assert len(content) < 5000
    np.testing.assert_array_equal(pickle.loads(content).transform(songs), expected)
    np.testing.assert_allclose(embedder.transform(songs[::-1]), expected[::-1], atol=1e-6)
    assert embedder.transform([]).shape == (0, 16)
    np.testing.assert_allclose(embedder.seconds_, [4.0, 2.5, 0.8], atol=0.01)
    assert not hasattr(embedder.fit(songs), "failed_")
    assert embedder.get_feature_names_out().tolist() == [f"embedding{i:02d}" for i in range(16)]


def test_output_keeps_the_index_and_names_the_block(folders, songs):
    frame = pd.DataFrame({"audio": songs, "year": [1, 2, 3]}, index=["x", "y", "z"])
    embedder = AudioEmbedder(folders["clap"], window=1.0)
    union = ColumnTransformer([("audio", embedder, "audio"), ("tag", "passthrough", ["year"])])
    table = union.set_output(transform="pandas").fit_transform(frame.iloc[::-1])
    assert list(table.index) == ["z", "y", "x"]
    assert list(table.columns[[0, 11, 12]]) == ["audio__embedding00", "audio__embedding11", "tag__year"]
    features = make_track_features(audio=embedder, lyrics=None).fit_transform(frame)
    np.testing.assert_allclose(features, table.iloc[::-1, :12], atol=1e-6)
    assert (features.dtypes == np.float32).all()


def test_code_that_comes_with_a_model_runs_only_when_trusted(folders, songs, tmp_path, monkeypatch):
    folder, modules = tmp_path / "mert", tmp_path / "modules"
    model, extractor = FAMILIES["mert"]()
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    code = {"AutoConfig": "own_code.OwnConfig", "AutoModel": "own_code.OwnModel"}
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "mert_model", "auto_map": code}))
    (folder / "own_code.py").write_text(
        "from transformers import HubertConfig, HubertModel\n"
        "class OwnConfig(HubertConfig):\n    model_type = 'mert_model'\n"
        "class OwnModel(HubertModel):\n    config_class = OwnConfig\n"
    )
    monkeypatch.setattr(transformers.dynamic_module_utils, "HF_MODULES_CACHE", str(modules))
    monkeypatch.syspath_prepend(str(modules))
    with pytest.raises(ValueError, match="brings code of its own: read it, and pass trust_remote_code=True"):
        embed(folder, songs)
    assert not modules.exists()
    Z = embed(folder, songs, trust_remote_code=True)
    assert Z.shape == (3, 16)
    assert np.isfinite(Z).all()


def test_pickled_or_missing_weights_are_refused(folders, songs, tmp_path):
    for part in FAMILIES["hubert"]():
        part.save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    dropped = {key: value for key, value in weights.items() if "layers.1.attention" not in key}
    save_file(dropped, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(OSError, match=r"lacks weights of a HubertModel: encoder\.layers\.1\.attention"):
        embed(tmp_path, songs)
    (tmp_path / "model.safetensors").unlink()
    torch.save(weights, tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match=r"could not load model=.* model\.safetensors \(pickled weights"):
        embed(tmp_path, songs)
    with pytest.raises(OSError, match=r"could not load model='nobody/nothing': .*hf download nobody/nothing"):
        embed("nobody/nothing", songs, local_files_only=True)


@pytest.mark.parametrize(
    ("family", "parameters", "message"),
    [
        ("clap", {"window": 5.0}, "window=5: the model reads 1 s at most"),
        ("ast", {"window": 5.0}, "window=5: the model reads 1 s at most"),
        ("ast", {"sample_rate": 16000}, "sample_rate=16000: a pretrained model has its own rate"),
        ("ast", {"window": 0.1}, "The 'window' parameter"),
        ("ast", {"on_error": "stop"}, "The 'on_error' parameter"),
        (None, {"layer": 1}, "layer=1 goes with a pretrained model"),
        (None, {"memory": "cache"}, "memory='cache' goes with a pretrained model"),
    ],
)
def test_wrong_parameters(family, parameters, message, folders):
    with pytest.raises(ValueError, match=message):
        embed(folders[family] if family else lambda samples, rate: samples[:3], ["a.mp3"], **parameters)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda samples, rate: 3.0, r"shape \(\) for a window; expected \(width,\)"),
        (lambda samples, rate: [[1.0]], r"shape \(1, 1\) for a window"),
        (lambda samples, rate: [], r"shape \(0,\) for a window"),
    ],
)
def test_a_function_that_answers_wrongly_is_named(function, message):
    with pytest.raises(ValueError, match=message):
        AudioEmbedder(function).fit([])


@pytest.mark.parametrize("X", ["song.mp3", [5], np.zeros((5, 2))])
def test_wrong_input_is_named_before_a_model_is_loaded(X):
    with pytest.raises((ValueError, TypeError), match="X"):
        AudioEmbedder("nobody/nothing").fit(X)


def test_loading_is_quiet(folders, songs, capfd, tmp_path):
    embed(folders["ast"], songs, verbose=1)
    assert capfd.readouterr() == ("", "")
    # The real AST's filter bank has an empty filter, of which transformers warns.
    for part in spectrogram():
        part.save_pretrained(tmp_path)
    options = json.loads((tmp_path / "preprocessor_config.json").read_text())
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(options | {"num_mel_bins": 128}))
    assert AudioEmbedder(tmp_path, window=1.0)._make_encoder().extractor.num_mel_bins == 128


def test_precomputed_columns_pass_straight_into_the_model(folders, songs, make_signal):
    """A table of embeddings, made elsewhere or saved, needs a prefix for each block and nothing else."""
    audio = embed(folders["clap"], [(make_signal(i, seconds=1.0), 22050) for i in range(30)])
    lyrics = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    table = pd.DataFrame(audio).add_prefix("audio__e").join(pd.DataFrame(lyrics).add_prefix("lyrics__e"))
    table.iloc[3, :12] = np.nan
    vae = VAETransformer(2, modalities="auto", max_epochs=3, random_state=0)
    Z = vae.fit_transform(table)
    assert {name: len(columns) for name, columns in vae.modalities_.items()} == {"audio": 12, "lyrics": 5}
    assert Z.shape == (30, 2)
    assert np.isfinite(Z).all()
