"""Option --audio-model of all commands, and --offline."""

import json

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def model_run(skvae, library, audio_model, fast, tmp_path_factory):
    """Folder of a run with descriptors and a model in a folder."""
    out = tmp_path_factory.mktemp("run") / "out"
    arguments = ["cluster", library, "--out", out, "--folders", "language,genre", *fast, "--offline"]
    result = skvae(*arguments, "--audio-model", f"descriptors,{link_without_comma(audio_model)}")
    assert result.exit_code == 0, result.output
    return out


def link_without_comma(folder):
    """Return a link to the folder. A comma separates names, so a folder with a comma must be the only name."""
    link = folder.parent / "tiny-hubert"
    if not link.exists():
        link.symlink_to(folder)
    return link


def test_run_and_model_record_the_audio_model(model_run):
    record = json.loads((model_run / "run.json").read_text("utf-8"))
    assert record["settings"]["audio"].startswith("descriptors,")
    about = json.loads((model_run / "model" / "model.json").read_text("utf-8"))["about"]
    assert [about[block]["by"] for block in about] == ["AudioFeatureExtractor", "AudioEmbedder", "LyricsVectorizer"]
    assert about["tiny-hubert"]["model"] == "tiny-hubert"


def test_predict_uses_the_same_models(skvae, model_run, library, tmp_path):
    result = skvae("predict", model_run, library, "--out", tmp_path / "labels", "--offline", "--n-jobs", "1")
    assert result.exit_code == 0, result.output
    labels = [pd.read_csv(folder / "clusters.csv")["label"] for folder in (model_run, tmp_path / "labels")]
    pd.testing.assert_series_equal(*labels)


def test_features_are_a_source_of_cluster(skvae, library, audio_model, fast, tmp_path):
    path = tmp_path / "features.parquet"
    arguments = ["features", library, "--out", path, "--audio-model", audio_model, "--modality", "audio"]
    result = skvae(*arguments, "--n-jobs", "1", "--offline")
    assert result.exit_code == 0, result.output
    assert "features of 12 of 13 tracks (16 tiny-hubert columns)" in result.stdout
    result = skvae("cluster", path, "--out", tmp_path / "run", *fast)
    assert result.exit_code == 0, result.output
    assert "12 of 13 tracks" in result.stdout


def test_compare_uses_the_model(skvae, table, audio_model, tmp_path):
    study = tmp_path / "small.yaml"
    study.write_text("{representations: [raw], clusterers: [kmeans], seeds: 1, n_clusters: 2}")
    arguments = ["compare", study, "--out", tmp_path / "out", "--source", table]
    result = skvae(*arguments, "--audio-model", audio_model, "--offline", "--n-jobs", "1")
    assert result.exit_code == 0, result.output
    comparison = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert '"tiny-hubert": 16' in json.dumps(comparison)


def test_compare_refuses_audio_models_for_a_feature_table(skvae, features, tmp_path):
    arguments = ["compare", "easy", "--out", tmp_path / "out", "--source", features[0], "--seeds", "1"]
    result = skvae(*arguments, "--audio-model", "musicnn")
    assert result.exit_code == 2
    assert "audio cannot be set for a feature table" in result.output


@pytest.mark.parametrize("command", ["cluster", "features"])
def test_unknown_name_prints_the_list(command, skvae, library, tmp_path):
    result = skvae(command, library, "--out", tmp_path / "out", "--audio-model", "vggish")
    assert result.exit_code == 2
    assert "Use one of descriptors, musicnn, musicnn-mtt, clap, muq, mert, ast" in result.output


def test_offline_forbids_downloads(skvae, library, tmp_path):
    result = skvae("cluster", library, "--out", tmp_path / "out", "--audio-model", "someone/model", "--offline")
    assert result.exit_code == 2
    assert "could not load model='someone/model'" in result.output
    assert "hf download someone/model" in result.output
