"""Registry of pretrained audio models: contents, selection by `model`, and models that are not installed."""

import sys

import pytest

from skvae import AudioEmbedder
from skvae.audio import PRETRAINED_MODELS
from skvae.audio.pretrained.models._selection import find_model


@pytest.mark.parametrize("name", PRETRAINED_MODELS)
def test_entry_is_complete(name):
    model = PRETRAINED_MODELS[name]
    assert model.name == name
    assert "/" not in name
    for fact in (model.description, model.family, model.license, model.download_size):
        assert fact
    assert model.install.startswith(("pip install ", "hf download "))
    assert 8000 <= model.sample_rate <= 48000
    assert 1 <= model.window <= 30
    assert model.package or model.hub_name
    if model.install.startswith("hf"):
        assert model.hub_name in model.install
        assert (model.revision or "") in model.install
    for figure in model.figures:
        assert figure.endswith(")")  # the source
    assert len(set(model.tags)) == len(model.tags)
    assert model.is_installed() in (True, False)


def test_registry_contains_the_models_of_the_user_guide():
    assert {"musicnn", "musicnn-mtt", "clap", "muq", "mert", "ast"} == set(PRETRAINED_MODELS)
    for name in ("musicnn", "musicnn-mtt"):
        assert len(PRETRAINED_MODELS[name].tags) == 50


def test_short_names_hub_names_and_folders_are_distinguished(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_model("musicnn").name == "musicnn"
    assert find_model("laion/larger_clap_music") is None
    assert find_model(tmp_path) is None
    assert find_model(str(tmp_path)) is None
    assert find_model(len) is None
    (tmp_path / "clap").mkdir()
    assert find_model("clap").name == "clap"
    (tmp_path / "clap" / "config.json").write_text("{}")
    assert find_model("clap") is None
    (tmp_path / "own").mkdir()
    assert find_model("own") is None


def test_unknown_name_raises_an_error_with_the_list():
    with pytest.raises(
        ValueError, match=r"model='vggish' is unknown. Use one of musicnn, musicnn-mtt, clap, muq, mert, "
    ):
        AudioEmbedder("vggish").fit([])


def test_missing_package_raises_an_error_with_the_command(tmp_path, monkeypatch):
    (tmp_path / "musicnn").mkdir()  # a folder of the same name is not the package
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if hasattr(finder, "find_spec")])
    assert not PRETRAINED_MODELS["musicnn"].is_installed()
    with pytest.raises(OSError, match=r"model='musicnn' is not installed. .*pip install --no-deps musicnn==0.1.0"):
        AudioEmbedder("musicnn").fit([])


def test_model_without_loader_raises_an_error():
    with pytest.raises(OSError, match=r"model='muq' cannot be loaded by name.*\(pip install muq\).* with a function"):
        AudioEmbedder("muq").fit([])


@pytest.mark.parametrize("name", ["clap", "mert", "ast"])
def test_missing_hub_model_raises_an_error_with_the_command(name, monkeypatch):
    model = PRETRAINED_MODELS[name]
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    if model.is_installed():
        pytest.skip(f"{model.hub_name} is on this machine")
    with pytest.raises(OSError) as caught:
        AudioEmbedder(name, local_files_only=True, trust_remote_code=True).fit([])
    assert f"({model.install})" in str(caught.value)


def test_only_musicnn_predicts_tags(uneven_songs):
    embedder = AudioEmbedder(lambda samples, rate: [samples.max()], window=0.5).fit([])
    with pytest.raises(ValueError, match=r"does not predict tags. Use one of musicnn, musicnn-mtt"):
        embedder.extract_with_tags(uneven_songs)


def test_layer_names_belong_to_musicnn(models):
    with pytest.raises(ValueError, match="layer='mean_pool' must be an integer for model="):
        AudioEmbedder(models["hubert"], layer="mean_pool").fit([])
