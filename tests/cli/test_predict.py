"""Command `skvae predict`."""

import shutil

import pandas as pd


def test_new_tracks_are_labeled_and_appended_once(skvae, run, library, read_tree, write_tone, playlist_paths, tmp_path):
    # The copy is beside the original, so that relative paths stay valid.
    out = shutil.copytree(run[0], run[0].with_name("copy"))
    more = tmp_path / "more"
    before = (out / "clusters.csv").read_bytes()
    for i in range(3):
        write_tone(more / f"new {i}.wav", i + 20)
    (more / "bad.wav").write_bytes(b"")
    untouched = read_tree(more)

    result = skvae("predict", out, more, "--out", tmp_path / "new", "--n-jobs", "1")
    assert result.exit_code == 0, result.output
    assert "3 of 4 tracks labeled, 1 could not be used" in result.stdout
    assert "bad.wav: audio: empty file; no lyrics" in result.stdout
    assert (out / "clusters.csv").read_bytes() == before
    assert sorted(path.resolve() for path in playlist_paths(tmp_path / "new")) == sorted(more.resolve().glob("new*"))

    for appended in ("4 tracks appended", "0 tracks appended"):
        result = skvae("predict", out / "model", more, "--append", out, "--n-jobs", "1")
        assert result.exit_code == 0, result.output
        assert appended in result.stdout
        assert read_tree(more) == untouched
    assert "new 1.wav: is already in the run" in result.stdout
    table = (out / "clusters.csv").read_bytes()
    assert table.startswith(before)
    assert len(pd.read_csv(out / "clusters.csv")) == 13 + 4
    songs = [path.resolve() for path in playlist_paths(out)]
    assert sorted(songs) == sorted([*library.resolve().rglob("*.wav"), *more.resolve().glob("new*")])
