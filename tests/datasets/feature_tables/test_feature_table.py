"""Loading of feature tables as a whole and in chunks."""

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import is_feature_table, iter_feature_table, load_feature_table

SUFFIXES = [".csv", ".tsv", ".parquet"]


def write(frame, path):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    numbers = {f"mfcc{i}_mean": rng.normal(size=12) for i in range(3)} | {f"tfidf_{w}": rng.random(12) for w in "ab"}
    songs = {
        "filename": [f"{i:03d}" for i in range(12)],
        "length": range(661000, 661024, 2),
        "label": ["NA", "rock"] * 6,
    }
    return pd.DataFrame(songs | numbers | {"artist name": "NA", "remark": "good", "none": np.nan, "n": range(12)})


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_that_are_not_features_are_dropped_with_a_reason(frame, tmp_path, suffix):
    path = write(frame, tmp_path / f"table{suffix}")
    assert is_feature_table(path)
    table = load_feature_table(path)
    assert table.dropped == {
        "filename": "identifies the track",
        "length": "length of the file",
        "label": "label",
        "artist name": "label",
        "remark": "not numeric",
        "none": "empty",
        "n": "identifies the track",
    }
    assert table.blocks == {
        "features": [f"mfcc{i}_mean" for i in range(3)],
        "lyrics": ["tfidf_a", "tfidf_b"],
    }
    assert table.features.dtypes.eq(np.float32).all()
    np.testing.assert_allclose(table.features, frame[table.features.columns].to_numpy(), rtol=1e-6)
    assert table.tracks["track_id"].tolist() == [f"{i:03d}" for i in range(12)]
    assert table.tracks["genre"].tolist() == ["NA", "rock"] * 6
    assert set(table.tracks["artist"]) == {"NA"}
    assert table.tracks["remark"].tolist() == ["good"] * 12


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [1, 5, 100])
def test_chunks_equal_the_whole_table(frame, tmp_path, suffix, size):
    path = write(frame, tmp_path / f"table{suffix}")
    whole = load_feature_table(path)
    chunks = list(iter_feature_table(path, whole.blocks, size))
    assert all(len(chunk.tracks) <= size for chunk in chunks)
    pd.testing.assert_frame_equal(pd.concat([chunk.features for chunk in chunks]), whole.features)
    known = ["track_id", "title", "artist", "language", "genre"]
    pd.testing.assert_frame_equal(pd.concat([chunk.tracks[known] for chunk in chunks]), whole.tracks[known])


def test_other_files_are_not_feature_tables(tmp_path, frame):
    tracks = pd.DataFrame({"audio": ["a.wav"], "bpm": [120.0]})
    assert not is_feature_table(write(tracks, tmp_path / "tracks.csv"))
    assert not is_feature_table(write(pd.DataFrame({"lyrics": ["la"], "year": [1999]}), tmp_path / "lyrics.csv"))
    assert not is_feature_table(write(frame[["filename", "length", "label"]], tmp_path / "labels.csv"))
    assert not is_feature_table(tmp_path)
    assert not is_feature_table(tmp_path / "nothing.csv")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    assert not is_feature_table(tmp_path / "broken.parquet")
    assert is_feature_table(write(tracks.assign(audio__rms=0.1), tmp_path / "features.parquet"))


def test_rare_columns_are_dropped_and_incomplete_blocks_are_kept(tmp_path):
    frame = pd.DataFrame({f"audio__{i}": np.arange(10.0) ** i for i in range(3)})
    frame.loc[:5, "audio__2"] = np.nan
    frame.loc[9, "audio__1"] = np.inf
    frame["lyrics__0"] = [1.0] + [np.nan] * 9
    table = load_feature_table(write(frame, tmp_path / "table.parquet"))
    assert table.dropped == {"audio__2": "missing in 6 of 10 rows"}
    assert table.blocks == {"audio": ["audio__0", "audio__1"], "lyrics": ["lyrics__0"]}
    assert table.features.isna().sum().tolist() == [0, 1, 9]


def test_track_ids_are_unique_and_audio_files_exist(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"")
    frame = pd.DataFrame({"path": ["a.wav", "b.wav", "a.wav", None], "rms": [0.1, 0.2, 0.3, 0.4]})
    tracks = load_feature_table(write(frame, tmp_path / "table.csv")).tracks
    assert tracks["track_id"].tolist() == ["a.wav", "b.wav", "a.wav (row 2)", "3"]
    assert tracks["audio"].notna().tolist() == [True, False, True, False]
    assert tracks["audio"][0] == str(tmp_path / "a.wav")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_tables_in_several_encodings_are_read(tmp_path, encoding):
    (tmp_path / "table.csv").write_text("title,rms\nchanson d'été,0.1\nниже,0.2\n" * 1, encoding, errors="replace")
    assert load_feature_table(tmp_path / "table.csv").tracks["title"][0] == "chanson d'été"


def test_invalid_tables_raise_errors(tmp_path, frame):
    (tmp_path / "empty.csv").write_text("rms\n")
    with pytest.raises(ValueError, match="has no rows"):
        load_feature_table(tmp_path / "empty.csv")
    write(frame[["filename", "label"]], tmp_path / "labels.csv")
    with pytest.raises(ValueError, match="no feature columns: 'filename' is excluded"):
        load_feature_table(tmp_path / "labels.csv")
    path = write(frame, tmp_path / "table.csv")
    with pytest.raises(ValueError, match="does not contain 1 of the 2 required columns: 'tempo'"):
        next(iter_feature_table(path, {"features": ["tempo", "mfcc0_mean"]}, 5))
    (tmp_path / "bad.csv").write_text('a,b\n"1,2\n')
    with pytest.raises(ValueError, match="is not a readable table"):
        load_feature_table(tmp_path / "bad.csv")


def test_text_among_numbers_becomes_nan(tmp_path):
    (tmp_path / "table.csv").write_text("rms,tempo\n0.1,fast\n0.2,60\n")
    chunk = next(iter_feature_table(tmp_path / "table.csv", {"features": ["rms", "tempo"]}, 5))
    assert np.isnan(chunk.features["tempo"][0])
    assert chunk.features["tempo"][1] == 60


@pytest.mark.parametrize(
    ("name", "n_features", "dropped"),
    [
        ("gtzan_banglabeats_30s", 57, {"filename", "length", "label", "language"}),
        ("jamendo_muljam_features", 63, {"id", "genre", "audio_path", "lyric_path"}),
    ],
)
def test_real_feature_tables_are_loaded(shared_data, name, n_features, dropped):
    path = shared_data / "tables" / f"{name}.csv"
    assert is_feature_table(path)
    table = load_feature_table(path)
    assert table.features.shape[1] == n_features
    assert set(table.dropped) == dropped
    assert table.tracks["genre"].notna().all()
    assert table.tracks["track_id"].is_unique


def test_absent_block_is_filled_with_nan(tmp_path):
    path = write(pd.DataFrame({"audio__rms": [0.1, 0.2]}), tmp_path / "table.csv")
    blocks = {"audio": ["audio__rms"], "lyrics": ["lyrics__0", "lyrics__1"]}
    chunk = next(iter_feature_table(path, blocks, 5))
    assert chunk.features.isna().sum().tolist() == [0, 2, 2]
    with pytest.raises(ValueError, match="does not contain 2 of the 2 required columns: 'lyrics__0', 'lyrics__1'"):
        next(iter_feature_table(path, {"lyrics": blocks["lyrics"]}, 5))


def test_columns_without_prefix_are_dropped_if_others_have_one(tmp_path):
    path = write(pd.DataFrame({"audio__rms": [0.1, 0.2], "bpm": [90.5, 120]}), tmp_path / "table.csv")
    assert load_feature_table(path).dropped == {"bpm": "no prefix, unlike other columns"}
