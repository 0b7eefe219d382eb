"""AudioFeatureExtractor: scikit-learn interface, files that fail, cache and parallel jobs."""

import pickle
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted

from skvae.audio import DESCRIPTORS, AudioFeatureExtractor, Extraction, ExtractionWarning
from skvae.audio.execution import _rows

RATE = 22050


@pytest.fixture
def songs(make_signal, write):
    """Paths of three recordings."""
    return [write(f"{i}.wav", make_signal(i), subtype="FLOAT") for i in range(3)]


@pytest.fixture
def bad_folder(songs, make_signal, write, tmp_path):
    """Map paths to the reason of failure or None: songs, files that fail, files with unusual names and formats."""
    rng = np.random.default_rng(0)
    files = dict.fromkeys(songs)
    text, empty, truncated = tmp_path / "text.mp3", tmp_path / "empty.ogg", tmp_path / "truncated.mp3"
    text.write_text("not audio\n" * 1000)
    empty.touch()
    whole = Path(write("whole.mp3", make_signal(seconds=10)))
    truncated.write_bytes(whole.read_bytes()[:1200])
    files |= {str(text): "not audio that can be decoded", str(empty): "empty file", str(truncated): "too short"}
    files[write("click.wav", 0.1 * rng.normal(size=2205))] = "too short: 0.1 s"
    files[write("silence.flac", np.zeros(RATE * 3))] = "silent"
    files[write("nan.wav", np.full(RATE, np.nan), subtype="FLOAT")] = "NaN or infinite"
    files[str(tmp_path / "missing.wav")] = "file not found"
    files[write("wide.wav", rng.normal(scale=0.1, size=(2 * 96000, 8)), 96000)] = None
    files[write("আমার সোনার বাংলা.ogg", make_signal(7))] = None
    files[write('it\'s a "name" with spaces.mp3', make_signal(8))] = None
    return files


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_files_that_fail_become_nan_and_do_not_affect_other_rows(bad_folder, songs, n_jobs):
    table, failures, seconds = AudioFeatureExtractor(n_jobs=n_jobs).extract(list(bad_folder))
    expected = {row: (path, reason) for row, (path, reason) in enumerate(bad_folder.items()) if reason}
    assert failures["row"].tolist() == list(expected)
    for failure, (path, reason) in zip(failures.itertuples(), expected.values(), strict=True):
        assert failure.path == path
        assert failure.reason.startswith(reason)
    failed = table.index.isin(failures["row"])
    assert table[failed].isna().all(axis=None)
    assert np.isfinite(table[~failed]).all(axis=None)
    assert (seconds[failed] == 0).all()
    assert seconds[~failed].min() > 1.9
    pd.testing.assert_frame_equal(table.iloc[:3], AudioFeatureExtractor().extract(songs).table, check_exact=True)


def test_on_error_selects_warning_error_or_nothing(songs):
    X = [songs[0], "missing.mp3", None]
    extractor = AudioFeatureExtractor(["rms"])
    with pytest.warns(
        ExtractionWarning,
        match=r"^2 of 3 recordings failed. .* NaN: row 1 \('missing.mp3'\): file .*; row 2: no audio$",
    ) as w:
        extractor.fit_transform(X)
    assert len(w) == 1
    assert w[0].filename == __file__
    warning = w[0].message
    pd.testing.assert_frame_equal(warning.failures, extractor.failed_)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(warning)).failures, extractor.failed_)
    for n_jobs in (1, 2):
        with pytest.raises(ValueError, match=r"^row 1 \('missing.mp3'\): file not found$"):
            extractor.set_params(on_error="raise", n_jobs=n_jobs).transform(X * 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert extractor.extract(X).failures["row"].tolist() == [1, 2]
        assert np.isnan(extractor.set_params(on_error="ignore").transform(X)).sum() == 4
    assert not hasattr(extractor.fit(X), "failed_")
    many = pd.DataFrame({"row": range(9), "path": "", "reason": "no audio"})
    assert str(ExtractionWarning(many, 9)).endswith("row 2: no audio; ...")


def test_all_types_of_input_give_the_same_rows(songs, make_signal):
    extractor = AudioFeatureExtractor()
    expected = extractor.transform(songs)
    assert expected.shape == (3, 125)
    assert expected.dtype == np.float32
    assert expected.flags.writeable
    column = pd.Series(songs, index=[5, 3, 9], name="audio")
    for X in (
        tuple(songs),
        np.array(songs),
        np.array(songs, dtype=object)[:, None],
        [Path(song) for song in songs],
        column,
        column.astype(object),
        column.to_frame(),
    ):
        np.testing.assert_array_equal(extractor.fit(X).transform(X), expected)
    arrays = [make_signal(i) for i in range(3)]
    pairs = [(y, RATE) for y in arrays]
    stereo = [np.stack([y, y], axis=1) for y in arrays]
    for X in (arrays, pairs, stereo):
        np.testing.assert_array_equal(extractor.transform(X), expected)
    assert extractor.transform([]).shape == (0, 125)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, ""])
def test_missing_audio_is_a_failure(missing, songs):
    failures = AudioFeatureExtractor(["rms"]).extract([missing, songs[0]]).failures
    assert failures.to_dict("records") == [{"row": 0, "path": "", "reason": "no audio"}]


def test_column_without_audio_is_accepted(songs):
    assert len(AudioFeatureExtractor(["rms"]).extract(pd.Series([np.nan, np.nan])).failures) == 2


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("song.mp3", ValueError, r"X='song.mp3' is a single path. Pass a list .* such as \['song.mp3'\]"),
        (Path("song.mp3"), ValueError, "is a single path"),
        (np.zeros((5, 2)), ValueError, r"X must be one column .* got shape \(5, 2\)"),
        (pd.DataFrame({"audio": ["a"], "title": ["b"]}), ValueError, r"X must be one column .* got shape \(1, 2\)"),
        (np.zeros(100), TypeError, r"X\[0\] must be a path.* got float64. Pass a single recording as a list"),
        (["a.mp3", 5], TypeError, r"X\[1\] must be .* got int"),
        (["a.mp3", b"b.mp3"], TypeError, r"X\[1\] must be .* got bytes"),
        ([[0.1, 0.2]], TypeError, r"X\[0\] must be .* got list"),
    ],
)
def test_invalid_input_raises_errors(X, error, message):
    for method in ("fit", "transform", "fit_transform", "extract"):
        with pytest.raises(error, match=message):
            getattr(AudioFeatureExtractor(), method)(X)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"features": ["mffc"]}, "features contains the unknown name 'mffc'. Did you mean 'mfcc'"),
        ({"features": ["qqq"]}, "features contains the unknown name 'qqq'. Choose from centroid, bandwidth,"),
        ({"features": []}, "features is empty. Choose from"),
        ({"features": ["rms", "rms"]}, "contains a name more than once"),
        ({"features": "mfcc"}, "The 'features' parameter"),
        ({"statistics": ["average"]}, "statistics contains the unknown name 'average'. "),
        ({"statistics": "mean"}, "The 'statistics' parameter"),
        ({"sample_rate": 8000}, "The 'sample_rate' parameter"),
        ({"offset": -1}, "The 'offset' parameter"),
        ({"duration": 0.1}, "The 'duration' parameter"),
        ({"window": 0}, "The 'window' parameter"),
        ({"excerpts": 0}, "The 'excerpts' parameter"),
        ({"excerpts": 100}, "excerpts=100 with duration=30 gives excerpts of 0.3 s. At least 0.5 s are required"),
        (
            {"features": ["rms"], "statistics": None, "duration": None},
            "statistics=None with duration=None requires n_frames",
        ),
        ({"on_error": "stop"}, "The 'on_error' parameter"),
    ],
)
def test_invalid_parameters_raise_errors(parameters, message, songs):
    for method in ("fit", "transform", "fit_transform", "extract"):
        with pytest.raises(ValueError, match=message):
            getattr(AudioFeatureExtractor(**parameters), method)(songs)


def test_column_names():
    names = AudioFeatureExtractor().get_feature_names_out()
    assert names.dtype == object
    assert len(set(names)) == len(names) == 125
    assert {"mfcc01_mean", "chroma_cens_A_std", "tempo", "contrast7_mean", "centroid_mean"} <= set(names)
    names = AudioFeatureExtractor(["rms", "mel"], statistics=["max", "median", "min"]).get_feature_names_out()
    assert list(names[:5]) == ["rms_max", "rms_median", "rms_min", "mel001_max", "mel001_median"]
    assert not any("__" in name for descriptor in DESCRIPTORS.values() for name in descriptor.names)


def test_excerpts_describe_more_than_the_intro(make_signal):
    """The first seconds contain only the quiet intro. Excerpts contain the loud part."""
    song = np.concatenate([0.1 * make_signal(seconds=10), make_signal(seconds=90)])
    intro, spread = (
        AudioFeatureExtractor(["rms"], duration=10.0, excerpts=excerpts).extract([song]) for excerpts in (None, 5)
    )
    assert spread.table["rms_mean"][0] > 8 * intro.table["rms_mean"][0]
    assert intro.seconds[0] == pytest.approx(spread.seconds[0], abs=0.05)


def test_duration_none_describes_the_whole_recording(make_signal, write, tmp_path):
    """As in librosa, None means no limit. Other settings than the explicit duration have their own cache entries."""
    songs = [make_signal(0, seconds=40), make_signal(1, seconds=3), write("long.flac", make_signal(2, seconds=33))]
    longest, whole = (
        AudioFeatureExtractor(["rms", "centroid"], offset=1.0, duration=duration, memory=tmp_path / "cache")
        for duration in (60.0, None)
    )
    table, _, seconds = whole.extract(songs)
    pd.testing.assert_frame_equal(table, longest.extract(songs).table)
    assert seconds.tolist() == pytest.approx([39, 2, 32], abs=0.05)
    for excerpts in (None, 100):
        pd.testing.assert_frame_equal(whole.set_params(excerpts=excerpts).extract(songs).table, table)
    image = AudioFeatureExtractor(["rms"], statistics=None, n_frames=20, duration=None)
    np.testing.assert_array_equal(image.transform(songs), image.set_params(duration=60.0).transform(songs))


def test_pandas_output_has_the_index_of_the_input(songs):
    frame = pd.DataFrame({"audio": songs, "year": [1, 2, 3]}, index=["x", "y", "z"])
    extractor = AudioFeatureExtractor(["rms"]).set_output(transform="pandas")
    for X in (frame["audio"], frame[["audio"]]):
        assert list(extractor.fit_transform(X).index) == ["x", "y", "z"]
    assert list(extractor.transform(songs).index) == [0, 1, 2]
    assert (extractor.transform(songs).dtypes == np.float32).all()
    for columns in ("audio", ["audio"]):
        union = ColumnTransformer(
            [("audio", AudioFeatureExtractor(["rms"]), columns), ("tag", "passthrough", ["year"])]
        )
        table = union.set_output(transform="pandas").fit_transform(frame.iloc[::-1])
        assert list(table.index) == ["z", "y", "x"]
        assert list(table.columns) == ["audio__rms_mean", "audio__rms_std", "tag__year"]


@pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.SkipTestWarning"
)  # only one check supports transformers of paths
def test_scikit_learn_interface(songs):
    """Cloning, pickling, parameters, and order of rows. No call of `fit` is required."""
    for result in check_estimator(AudioFeatureExtractor(), on_skip=None, on_fail=None):
        assert result["status"] == "passed"
    extractor = AudioFeatureExtractor(["mfcc", "rms"], window=1.0)
    parameters = extractor.get_params()
    expected = extractor.fit_transform(songs)
    assert extractor.get_params() == parameters == clone(extractor).get_params()
    check_is_fitted(clone(extractor))
    np.testing.assert_array_equal(clone(extractor).transform(songs), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(extractor)).transform(songs), expected)
    np.testing.assert_array_equal(extractor.transform(songs[::-1]), expected[::-1])
    np.testing.assert_array_equal(extractor.transform(songs[1:2]), expected[1:2])
    pipeline = make_pipeline(extractor, FunctionTransformer())
    np.testing.assert_array_equal(pipeline.fit(songs).transform(songs), expected)
    assert extractor.extract(songs)._fields == Extraction._fields == ("table", "failures", "seconds")


def test_processes_and_threads_give_the_same_rows_in_order(make_signal):
    X = [make_signal(i, seconds=1 + i % 3) for i in range(8)]
    expected = AudioFeatureExtractor().transform(X)
    np.testing.assert_array_equal(AudioFeatureExtractor(n_jobs=2).transform(X), expected)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        np.testing.assert_array_equal(AudioFeatureExtractor().transform(X), expected)


@pytest.fixture
def decoded(monkeypatch):
    """List of the recordings that were decoded in this process."""
    sources, decode = [], _rows.decode_in_subprocess

    def counted(source, **settings):
        sources.append(source)
        return decode(source, **settings)

    monkeypatch.setattr(_rows, "decode_in_subprocess", counted)
    return sources


def test_cache_returns_rows_of_known_recordings(songs, make_signal, write, tmp_path, decoded):
    """The cache identifies recordings by their content, and distinguishes settings."""
    X = [*songs, make_signal(9), "missing.mp3"]
    extractor = AudioFeatureExtractor(["rms"], memory=tmp_path / "cache", on_error="ignore")
    expected = extractor.extract(X)
    assert len(decoded) == 4
    for memory in (str(tmp_path / "cache"), joblib.Memory(str(tmp_path / "cache"), verbose=0)):
        again = clone(extractor).set_params(memory=memory).extract(X)
        for one, other in zip(again, expected, strict=True):
            assert one.equals(other)
    assert len(decoded) == 4
    moved = Path(songs[0]).rename(tmp_path / "moved.wav")
    write("1.wav", make_signal(5))
    after = extractor.extract([moved, songs[1], songs[2]])
    assert decoded[4:] == [songs[1]]
    assert after.table.iloc[0].equals(expected.table.iloc[0])
    assert not after.table.iloc[1].equals(expected.table.iloc[1])
    extractor.set_params(window=1.0).extract(X[2:3])
    assert decoded[5:] == [songs[2]]
    write("missing.mp3", make_signal(3))
    assert extractor.extract([tmp_path / "missing.mp3"]).failures.empty  # failures are not stored


def test_progress_bar_is_shown_only_on_terminals(songs, capfd):
    AudioFeatureExtractor(["rms"], verbose=1).transform(songs)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_decoders_write_no_output(n_jobs, make_signal, write, capfd):
    """The MP3 decoder writes messages about damaged files to file descriptor 2 of its process."""
    path = Path(write("hole.mp3", make_signal(seconds=10)))
    content = bytearray(path.read_bytes())
    content[20_000:40_000] = b"\xff" * 20_000
    path.write_bytes(content)
    AudioFeatureExtractor(["rms"], n_jobs=n_jobs).extract([path, path])
    assert capfd.readouterr() == ("", "")


def test_real_songs_have_finite_varying_features(cc_songs):
    paths = pd.read_csv(cc_songs / "tracks.csv")["audio"].map(lambda path: cc_songs / path)[:8]
    table, failures, seconds = AudioFeatureExtractor(duration=6.0, excerpts=3).extract(paths)
    assert failures.empty
    assert np.isfinite(table).all(axis=None)
    assert seconds.between(5, 6.01).all()
    assert table.std().min() > 0
