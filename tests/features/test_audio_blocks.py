"""Names, folders and transformers of audio features, and the blocks that they become."""

import pytest

from skvae import AudioEmbedder, AudioFeatureExtractor, make_track_features
from skvae.audio.pretrained.models import _model
from skvae.features._audio_blocks import make_audio_blocks, resolve_audio


@pytest.fixture
def set_installed(monkeypatch):
    """Return a function that makes all packages of models appear as installed or as missing."""

    def set_installed(installed):
        monkeypatch.setattr(_model, "find_package", lambda name: name if installed else None)
        monkeypatch.setattr("skvae.audio.pretrained.models._model.PretrainedModel.is_installed", lambda self: installed)

    return set_installed


def describe(blocks):
    return {name: getattr(step, "model", type(step).__name__) for name, step in blocks.items()}


@pytest.mark.parametrize(
    ("audio", "expected"),
    [
        ("descriptors", {"audio": "AudioFeatureExtractor"}),
        ("musicnn", {"musicnn": "musicnn"}),
        ("descriptors, musicnn,musicnn", {"audio": "AudioFeatureExtractor", "musicnn": "musicnn"}),
        (["musicnn", "descriptors"], {"musicnn": "musicnn", "audio": "AudioFeatureExtractor"}),
        ("m-a-p/music__2vec v1", {"music_2vec-v1": "m-a-p/music__2vec v1"}),
        ("a/clap,b/clap", {"clap": "a/clap", "clap2": "b/clap"}),
        ("a/lyrics", {"lyrics2": "a/lyrics"}),
    ],
)
def test_each_name_is_a_block(audio, expected, set_installed):
    set_installed(True)
    assert describe(make_audio_blocks(audio)) == expected


def test_folder_is_a_block_with_its_name(tmp_path):
    folder = tmp_path / "my, model"
    folder.mkdir()
    assert describe(make_audio_blocks(str(folder))) == {"my-model": str(folder)}
    assert describe(make_audio_blocks([folder, "descriptors"])) == {
        "my-model": folder,
        "audio": "AudioFeatureExtractor",
    }


def test_transformers_are_used_as_given():
    extractor, embedder = AudioFeatureExtractor(["rms"]), AudioEmbedder("a/clap")
    function = AudioEmbedder(lambda samples, rate: [samples.std()])
    assert make_audio_blocks(embedder) == {"audio": embedder}
    assert make_audio_blocks([extractor, embedder, function]) == {
        "audio": extractor,
        "clap": embedder,
        "embedding": function,
    }
    assert make_audio_blocks({"mine": embedder}) == {"mine": embedder}
    steps = make_track_features([extractor, embedder], lyrics=None).transformers
    assert steps == [("audio", extractor, "audio"), ("clap", embedder, "audio")]


def test_options_are_passed_to_features_given_by_name(set_installed):
    set_installed(True)
    blocks = make_audio_blocks("descriptors,musicnn", offline=True, device="cpu", duration=None, n_jobs=2)
    assert {step.duration for step in blocks.values()} == {None}
    assert {step.n_jobs for step in blocks.values()} == {2}
    assert (blocks["musicnn"].local_files_only, blocks["musicnn"].device) == (True, "cpu")


def test_auto_adds_the_model_only_if_it_is_installed(set_installed):
    set_installed(False)
    assert resolve_audio("auto") == "descriptors"
    set_installed(True)
    assert resolve_audio("auto") == "descriptors,musicnn"
    assert list(make_audio_blocks("auto")) == ["audio", "musicnn"]
    assert resolve_audio("musicnn") == "musicnn"


@pytest.mark.parametrize("audio", ["", "descriptors,,musicnn", "descriptors,"])
def test_empty_name_raises_an_error(audio):
    with pytest.raises(ValueError, match="contains an empty name"):
        make_audio_blocks(audio)


def test_unknown_name_raises_an_error_with_all_names():
    with pytest.raises(ValueError, match=r"model='vggish' is unknown. Use one of descriptors, musicnn, .*clap, muq"):
        make_audio_blocks("vggish")


def test_missing_package_raises_an_error_with_the_command(set_installed):
    set_installed(False)
    with pytest.raises(OSError, match=r"Install it with: pip install --no-deps musicnn==0\.1\.0"):
        make_audio_blocks("musicnn")
