"""Error messages and exit codes."""

import pytest

FAST = ["--max-epochs", "5", "--latent-dim", "4", "--n-jobs", "1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cluster", "no-such-folder", "--out", "out"], "does not exist"),
        (["cluster"], "Missing"),
        (["cluster", "LIBRARY"], "--out"),
        (["cluster", "LIBRARY", "--out", "out", "--n-clusters", "1"], "must be an integer of at least 2, or auto"),
        (["cluster", "LIBRARY", "--out", "out", "--n-clusters", "many"], "must be an integer of at least 2, or auto"),
        (["cluster", "LIBRARY", "--out", "out", "--n-clusters", "12", *FAST], "because 12 tracks can be used"),
        (["cluster", "LIBRARY", "--out", "out", "--model", "dec"], "dec"),
        (["cluster", "LIBRARY", "--out", "out", "--map", "mds"], "mds"),
        (["cluster", "LIBRARY", "--out", "out", "--beta", "0"], "must be positive"),
        (["cluster", "LIBRARY", "--out", "out", "--condition", "mood"], "condition='mood'"),
        (["cluster", "LIBRARY", "--out", "out", "--folders", "audio"], "folders"),
        (["cluster", "LIBRARY", "--out", "LIBRARY"], "is inside the music library"),
        (["cluster", "LIBRARY", "--out", "LIBRARY/deep/out"], "is inside the music library"),
        (["cluster", "LIBRARY", "--out", "out", "--memory", "LIBRARY/cache"], "is inside the music library"),
        (["cluster", "TABLE", "--out", "TABLE/.."], "is inside the music library"),
        (["cluster", "TABLE", "--out", "LIBRARY/en/rock"], "is inside the music library"),
        (["cluster", "TABLE", "--out", "TABLE"], ""),
        (["features", "LIBRARY", "--out", "features.csv"], "ends in .parquet"),
        (["features", "LIBRARY", "--out", "LIBRARY/features.parquet"], "is inside the music library"),
        (["features", "LIBRARY", "--out", "out/f.parquet", "--like", "TABLE"], "`skvae features` writes this file"),
        (["predict", "LIBRARY", "LIBRARY", "--out", "out"], "contains no model"),
        (["predict", "LIBRARY", "LIBRARY"], "Pass --out or --append"),
        (["predict", "no-such-run", "LIBRARY", "--out", "out"], "does not exist"),
        (["cluster", "LIBRARY", "--out", "TABLE/out"], "cannot be written"),
        (["predict", "LIBRARY", "LIBRARY", "--out", "LIBRARY/out"], "is inside the music library"),
        (["demo", "--out", "out", "--n-songs", "3"], "--n-songs"),
        (["no-such-command"], "No such command"),
    ],
)
def test_invalid_arguments_print_one_line_and_exit_with_code_2(
    skvae, arguments, message, library, table, read_tree, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = read_tree(library)
    result = skvae(*(a.replace("LIBRARY", str(library)).replace("TABLE", str(table)) for a in arguments))
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "out").exists()
    assert read_tree(library) == before


def test_a_library_without_usable_tracks_exits_with_code_3(skvae, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    result = skvae("cluster", empty, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "contains no audio files" in result.output
    (empty / "tracks.csv").write_text("audio\n")
    result = skvae("cluster", empty / "tracks.csv", "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "has no rows" in result.output
    for i in range(25):
        (empty / f"{i:02d}.wav").write_bytes(b"")
    result = skvae("cluster", empty, "--out", tmp_path / "out", "--n-jobs", "1")
    assert result.exit_code == 3
    assert "at least 4 tracks with usable audio or lyrics, got none" in result.output
    assert "00.wav: audio: empty file; no lyrics" in result.output
    assert "and 5 more" in result.output


def test_a_missing_lyrics_model_prints_one_line(skvae, library, tmp_path):
    arguments = ["--lyrics", tmp_path / "no-model", "--modality", "lyrics"]
    result = skvae("cluster", library, "--out", tmp_path / "out", *arguments)
    assert result.exit_code == 2
    assert "LyricsVectorizer" in result.output
    assert "Traceback" not in result.output
