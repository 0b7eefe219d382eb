"""Pretrained models: the vector of each family, hidden states, and files that are not to be trusted."""

import json

import numpy as np
import pytest
import torch
import transformers
from audio_models import FAMILIES, RATE, WIDTH, embed, spectrogram
from safetensors.torch import load_file, save_file

from skvae import AudioEmbedder


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_gives_its_vector_of_a_window(family, models, make_signal):
    """The same as the model called by hand."""
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
    # The first and last sample of the signal may be cut off as silence.
    norm = np.linalg.norm if family.startswith("clap") else lambda expected: 1
    np.testing.assert_allclose(Z / norm(Z), expected.numpy() / norm(expected), atol=1e-3)
    np.testing.assert_array_equal(embedder.transform([(y, rate)]), Z)


def test_layers(models, uneven_songs):
    layers = [embed(models["hubert"], uneven_songs, layer=i) for i in (0, 1, 2, -1)]
    np.testing.assert_array_equal(layers[2], layers[3])
    np.testing.assert_allclose(layers[2], embed(models["hubert"], uneven_songs), atol=1e-6)
    assert not np.allclose(layers[0], layers[1])
    assert embed(models["ast"], uneven_songs, layer=1).shape == (3, 16)
    with pytest.raises(ValueError, match="layer=3: the model has hidden states 0 to 2"):
        embed(models["hubert"], uneven_songs, layer=3)
    with pytest.raises(ValueError, match="layer=1: CLAP has one vector"):
        embed(models["clap"], uneven_songs, layer=1)


@pytest.mark.parametrize("name", ["gpu", "cuda:99"])
def test_a_device_that_is_not_there_is_named(name, models):
    with pytest.raises(ValueError, match=f"device='{name}'"):
        AudioEmbedder(models["ast"], device=name).fit([])


def test_code_that_comes_with_a_model_runs_only_when_trusted(models, uneven_songs, tmp_path, monkeypatch):
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
        embed(folder, uneven_songs)
    assert not modules.exists()
    Z = embed(folder, uneven_songs, trust_remote_code=True)
    assert Z.shape == (3, 16)
    assert np.isfinite(Z).all()


def test_pickled_or_missing_weights_are_refused(models, uneven_songs, tmp_path):
    for part in FAMILIES["hubert"]():
        part.save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    dropped = {key: value for key, value in weights.items() if "layers.1.attention" not in key}
    save_file(dropped, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(OSError, match=r"lacks weights of a HubertModel: encoder\.layers\.1\.attention"):
        embed(tmp_path, uneven_songs)
    (tmp_path / "model.safetensors").unlink()
    torch.save(weights, tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match=r"could not load model=.* model\.safetensors \(pickled weights"):
        embed(tmp_path, uneven_songs)
    with pytest.raises(OSError, match=r"could not load model='nobody/nothing': .*hf download nobody/nothing"):
        embed("nobody/nothing", uneven_songs, local_files_only=True)


def test_loading_is_quiet(models, uneven_songs, capfd, tmp_path):
    embed(models["ast"], uneven_songs, verbose=1)
    assert capfd.readouterr() == ("", "")
    # The real AST's filter bank has an empty filter, of which transformers warns.
    for part in spectrogram():
        part.save_pretrained(tmp_path)
    options = json.loads((tmp_path / "preprocessor_config.json").read_text())
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(options | {"num_mel_bins": 128}))
    assert AudioEmbedder(tmp_path, window=1.0)._make_encoder().extractor.num_mel_bins == 128
