"""Command `skvae features`."""

import pandas as pd


def test_the_feature_table_contains_all_tracks_with_relative_paths(library, features):
    path, output = features
    assert "features of 12 of 13 tracks (125 audio columns, 6 lyrics columns)" in output
    assert "en/empty.flac: audio: empty file; no lyrics" in output
    table = pd.read_parquet(path)
    assert {"track_id", "audio", "title", "language", "genre", "audio__rms_mean", "lyrics__svd00"} <= set(table)
    assert [(path.parent / song).resolve() for song in table["audio"]] == sorted(
        song.resolve() for song in library.rglob("*.*") if song.suffix in (".wav", ".flac")
    )


def test_features_are_a_source_of_cluster_and_predict(
    skvae, library, features, read_tree, playlist_paths, fast, tmp_path
):
    before = read_tree(library)
    path, _ = features
    result = skvae("cluster", path, "--out", tmp_path / "run", "--condition", "language", *fast)
    assert result.exit_code == 0, result.output
    assert "columns not used as features: track_id, audio, title (identifies the track)" in result.stdout
    assert "12 of 13 tracks in 2 clusters, 1 could not be used" in result.stdout
    assert len(list(playlist_paths(tmp_path / "run"))) == 12

    again = tmp_path / "again.parquet"
    arguments = ["features", library, "--folders", "language", "--out", again, "--like", path, "--n-jobs", "1"]
    assert skvae(*arguments).exit_code == 0
    result = skvae("predict", tmp_path / "run", again, "--out", tmp_path / "labels")
    assert result.exit_code == 0, result.output
    labels = [pd.read_csv(folder / "clusters.csv")["label"] for folder in (tmp_path / "run", tmp_path / "labels")]
    pd.testing.assert_series_equal(*labels)
    assert read_tree(library) == before


def test_a_folder_of_parts_is_resumed_and_refuses_other_settings(skvae, library, tmp_path):
    arguments = ["features", library, "--out", tmp_path / "features", "--part-size", "5", "--n-jobs", "1"]
    for message in ("features of 12 of 13 tracks", "resumed: the features of 13 tracks were already computed"):
        result = skvae(*arguments)
        assert result.exit_code == 0, result.output
        assert message in result.stdout
        assert "en/empty.flac: audio: empty file; no lyrics" in result.stdout
        assert "features/_transformer.skvae; use --like" in result.stdout
    result = skvae(*arguments, "--duration", "5")
    assert result.exit_code == 2
    assert "computed with different settings (duration: 30.0 != 5.0)" in result.output
    compatible = ["features", library, "--out", tmp_path / "more.parquet", "--like", tmp_path / "features"]
    assert skvae(*compatible, "--n-jobs", "1").exit_code == 0
    result = skvae("cluster", tmp_path / "features", "--out", tmp_path / "run", "--model", "pca")
    assert result.exit_code == 0, result.output


def test_duration_zero_analyzes_the_whole_recording(skvae, write_tone, tmp_path):
    write_tone(tmp_path / "music" / "long.wav", 0, seconds=31, sample_rate=8000)
    for name, options in (("default", []), ("whole", ["--duration", "0"])):
        result = skvae("features", tmp_path / "music", "--out", tmp_path / name, "--n-jobs", "1", *options)
        assert result.exit_code == 0, result.output
    seconds = [pd.read_parquet(tmp_path / name)["seconds"].item() for name in ("default", "whole")]
    assert seconds == [30, 31]
