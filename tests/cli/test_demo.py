"""Command `skvae demo`."""

import pandas as pd
import pytest


@pytest.mark.slow
def test_demo_generates_songs_once_and_reuses_them(skvae, playlist_paths, tmp_path):
    pytest.importorskip("midirenderer", reason="midirenderer is not installed: pip install midirenderer pretty-midi")
    out = tmp_path / "demo"
    for message in ("generating 16 songs", "using the 16 existing songs"):
        result = skvae("demo", "--out", out, "--n-songs", "16", "--n-jobs", "1")
        assert result.exit_code == 0, result.output
        assert message in result.stdout
    assert len(pd.read_csv(out / "clusters.csv")) == 16
    assert all(path.is_file() for path in playlist_paths(out))
    result = skvae("demo", "--out", out, "--n-songs", "20")
    assert result.exit_code == 2
    assert "contains 16 songs, but --n-songs is 20" in result.output
