"""Pretrained models: default vectors of the families, hidden states, and untrusted files."""

import json
import os
import pickle
import shutil

import numpy as np
import pytest
import torch
import transformers
from audio_models import FAMILIES, RATE, WIDTH, embed, spectrogram
from safetensors.torch import load_file, save_file

from skvae import AudioEmbedder
from skvae.audio.pretrained import _encoders
from skvae.audio.pretrained._encoders import FunctionEncoder, make_worker_encoder


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_gives_the_vector_of_its_model(family, models, make_signal):
    """The embedding equals the output of a direct call of the model."""
    rate = RATE.get(family, 16000)
    y = make_signal(1, seconds=1.0, rate=rate)
    extractor = transformers.AutoFeatureExtractor.from_pretrained(models[family])
    model = transformers.AutoModel.from_pretrained(models[family]).eval()
    inputs = extractor(y, sampling_rate=rate, return_tensors="pt")
    with torch.inference_mode():
        if family.startswith("clap"):
            inputs["is_longer"] = torch.zeros_like(inputs["is_longer"])
            expected = model.get_audio_features(**inputs.to("cpu", dtype=torch.float32)).pooler_output
        elif family == "ast":
            expected = model(**inputs).pooler_output
        else:
            expected = model(**inputs).last_hidden_state.mean(dim=1)
    embedder = AudioEmbedder(models[family], window=1.0)
    Z = embedder.fit_transform([y])
    assert embedder.sample_rate_ == rate
    assert Z.shape == (1, WIDTH.get(family, 16))
    assert Z.dtype == np.float32
    # The first and last samples can be trimmed as silence.
    norm = np.linalg.norm if family.startswith("clap") else lambda expected: 1
    np.testing.assert_allclose(Z / norm(Z), expected.numpy() / norm(expected), atol=1e-3)
    np.testing.assert_array_equal(embedder.transform([(y, rate)]), Z)


def test_layer_selects_the_hidden_state(models, uneven_songs):
    layers = [embed(models["hubert"], uneven_songs, layer=i) for i in (0, 1, 2, -1)]
    np.testing.assert_array_equal(layers[2], layers[3])
    np.testing.assert_allclose(layers[2], embed(models["hubert"], uneven_songs), atol=1e-6)
    assert not np.allclose(layers[0], layers[1])
    assert embed(models["ast"], uneven_songs, layer=1).shape == (3, 16)
    with pytest.raises(ValueError, match=r"layer=3 does not exist. The model has hidden states 0 to 2"):
        embed(models["hubert"], uneven_songs, layer=3)
    with pytest.raises(ValueError, match="layer=1 is not supported by CLAP"):
        embed(models["clap"], uneven_songs, layer=1)


@pytest.mark.parametrize("name", ["gpu", "cuda:99"])
def test_unavailable_device_raises_an_error(name, models):
    with pytest.raises(ValueError, match=f"device='{name}'"):
        AudioEmbedder(models["ast"], device=name).fit([])


def test_code_of_a_model_runs_only_if_trusted(models, uneven_songs, tmp_path, monkeypatch):
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
    with pytest.raises(ValueError, match=r"contains its own code. Read the code, then use trust_remote_code=True"):
        embed(folder, uneven_songs)
    assert not modules.exists()
    Z = embed(folder, uneven_songs, trust_remote_code=True)
    assert Z.shape == (3, 16)
    assert np.isfinite(Z).all()


def test_pickled_or_missing_weights_raise_errors(models, uneven_songs, tmp_path):
    for part in FAMILIES["hubert"]():
        part.save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    dropped = {key: value for key, value in weights.items() if "layers.1.attention" not in key}
    save_file(dropped, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(
        OSError, match=r"does not contain all weights of a HubertModel. Missing: encoder\.layers\.1\.attention"
    ):
        embed(tmp_path, uneven_songs)
    (tmp_path / "model.safetensors").unlink()
    torch.save(weights, tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match=r"could not load model=.* model\.safetensors \(pickled weights"):
        embed(tmp_path, uneven_songs)
    with pytest.raises(OSError, match=r"could not load model='nobody/nothing'. .*hf download nobody/nothing"):
        embed("nobody/nothing", uneven_songs, local_files_only=True)


def test_loading_writes_no_output(models, uneven_songs, capfd, tmp_path):
    embed(models["ast"], uneven_songs, verbose=1)
    assert capfd.readouterr() == ("", "")
    # The filter bank of the original AST contains an empty filter. transformers warns about it.
    for part in spectrogram():
        part.save_pretrained(tmp_path)
    options = json.loads((tmp_path / "preprocessor_config.json").read_text())
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(options | {"num_mel_bins": 128}))
    assert AudioEmbedder(tmp_path, window=1.0)._make_encoder().extractor.num_mel_bins == 128


@pytest.fixture
def loaded(monkeypatch):
    """Names of the models that `PretrainedEncoder` loads, in order."""
    names, load = [], _encoders.PretrainedEncoder.__init__

    def counted(self, name, *others):
        names.append(name)
        load(self, name, *others)

    monkeypatch.setattr(_encoders.PretrainedEncoder, "__init__", counted)
    _encoders._load_encoder.cache_clear()
    yield names
    _encoders._load_encoder.cache_clear()


def test_worker_loads_a_model_once(models, make_signal, loaded, tmp_path):
    """A pickle has no weights. The model is loaded at the first call, and again if the model or its files change."""
    folder = tmp_path / "hubert"
    shutil.copytree(models["hubert"], folder)
    windows = make_signal(0, seconds=1.0, rate=16000)[None]

    def copies(name):
        encoder = AudioEmbedder(name, device="cpu")._make_encoder()
        content = pickle.dumps(make_worker_encoder(encoder))
        assert len(content) < 1000 + len(repr(encoder.key()))
        loaded.clear()
        return encoder, pickle.loads(content), pickle.loads(content)

    encoder, *workers = copies(folder)
    assert loaded == []
    for worker in (*workers, *workers):
        np.testing.assert_array_equal(worker(windows), encoder(windows))
    assert loaded == [str(folder)]
    _, other, _ = copies(models["wavlm"])
    other(windows)
    assert loaded == [str(models["wavlm"])]
    os.utime(folder / "model.safetensors", (0, 0))
    _, changed, again = copies(folder)
    np.testing.assert_array_equal(changed(windows), again(windows))
    assert loaded == [str(folder)]


def test_worker_uses_the_device_and_options_of_the_main_process(models, monkeypatch):
    monkeypatch.chdir(models["hubert"].parent)  # workers can have another working directory
    encoder = AudioEmbedder(models["hubert"].name, layer=1, local_files_only=True, verbose=1)._make_encoder()
    assert make_worker_encoder(encoder).arguments == (str(models["hubert"]), 1, "cpu", True, False, False, None)
    encoder.device = "cuda:0"
    assert make_worker_encoder(encoder) is None
    assert make_worker_encoder(FunctionEncoder(len, 22050)) is None
