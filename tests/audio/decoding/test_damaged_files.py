"""A library with many types of faults: no crash or hang, a reason for each failure, and no output."""

import os
import re

import numpy as np
import pandas as pd
import pytest
from encoded_audio import sound
from faulty_audio import GOOD, make_library
from sklearn.base import clone

from skvae.audio import AudioEmbedder, AudioFeatureExtractor, AudioSegment, explode_segments

EXTRACTOR = AudioFeatureExtractor(["mfcc13", "rms", "centroid"], timeout=20.0, on_error="ignore")

# All expected reasons of failures.
REASONS = re.compile(
    "no audio|not audio that can be decoded|no samples could be decoded|empty file|file not found|a folder|"
    "a pipe or device, not a regular file|broken symbolic link|no permission to read the file|NaN or infinite samples|"
    r"samples reach [\d.e+]+: |silent: |too short: |"
    "cannot be read: (Too many levels of symbolic links|File name too long|Not a directory)$"
)

pytest.importorskip("av")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return make_library(tmp_path_factory.mktemp("library"), 230)


def snapshot(folder):
    """Return the modes, sizes and times of all files in a folder."""
    status = {}
    for parent, folders, files in os.walk(folder):
        for path in (os.path.join(parent, name) for name in folders + files):
            found = os.lstat(path)
            status[path] = found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino
    return status


def check(library, n_jobs):
    """Describe a library, check the results, and return the rows and sources without failures."""
    sources = [recording.source for recording in library]
    assert len({source for source in sources if source}) >= len(library) - 2
    folder = os.path.dirname(sources[0])
    before = snapshot(folder)
    table, failures, seconds = clone(EXTRACTOR).set_params(n_jobs=n_jobs).extract(sources)
    assert snapshot(folder) == before
    assert len(table) == len(library)
    reasons = dict(zip(failures["row"], failures["reason"], strict=True))
    failed = np.isin(np.arange(len(library)), list(reasons))
    assert table[failed].isna().all(axis=None)
    assert np.isfinite(table[~failed]).all(axis=None)
    np.testing.assert_array_equal(seconds == 0, failed)
    for row, (source, expected) in enumerate(library):
        reason = reasons.get(row, GOOD)
        assert reason == GOOD or REASONS.match(reason), (source, reason)
        if expected is not None:
            assert re.search(expected, reason) if expected else reason == GOOD, (source, reason)
    return table[~failed], [source for source, is_bad in zip(sources, failed, strict=True) if not is_bad]


def test_faulty_files_do_not_affect_other_rows(library, capfd):
    """The rows of usable files equal those of an extraction without the other files, in the same process."""
    good, sources = check(library, n_jobs=1)
    assert capfd.readouterr() == ("", "")
    assert len(good) > 110
    alone = clone(EXTRACTOR).set_params(n_jobs=None, timeout=None).extract(sources)
    assert alone.failures.empty
    np.testing.assert_array_equal(alone.table, good)


@pytest.mark.stress
def test_two_thousand_faulty_files(tmp_path, capfd):
    library = make_library(tmp_path, 2000)
    assert len(library) == 2000
    cut = {(ending, percent) for ending in ("mp3", "ogg", "flac", "wav") for percent in range(1, 100)}
    assert {f"{percent} percent.{ending}" for ending, percent in cut} <= set(os.listdir(tmp_path))
    good, sources = check(library, n_jobs=2)
    assert capfd.readouterr() == ("", "")
    np.testing.assert_array_equal(clone(EXTRACTOR).set_params(n_jobs=1).extract(sources).table, good)


def test_faulty_files_as_segments_urls_and_file_objects(library):
    """The rows are equal. The embedder and explode_segments fail for the same files."""
    some = [source for source, _ in library[::7] if source and os.path.isfile(source)]
    expected, failures, _ = clone(EXTRACTOR).set_params(n_jobs=None).extract(some)
    for X in (
        [AudioSegment(path) for path in some],
        [f"file://{path}" for path in some if not set("#%?") & set(path)],
    ):
        np.testing.assert_array_equal(EXTRACTOR.extract(X).table.dropna(), expected.dropna())
    files = [open(path, "rb") for path in some if os.path.getsize(path)]  # noqa: SIM115
    np.testing.assert_array_equal(EXTRACTOR.extract(files).table.dropna(), expected.dropna())
    for file in files:
        file.close()
    embedder = AudioEmbedder(lambda y, rate: [np.abs(y).max()], on_error="ignore", timeout=20.0)
    assert np.isnan(embedder.fit_transform(some)).sum() == len(failures)
    segments = explode_segments(pd.DataFrame({"audio": pd.Series(some, dtype=object)}), seconds=1.0)
    assert set(segments["song_id"]) == set(range(len(some)))


def test_each_type_of_array_gives_a_row_or_a_reason():
    y = sound()
    arrays = [y.astype(dtype) for dtype in ("f2", "f4", "f8", "g", "i1", "i2", "i4", "i8", "u1", "c8", "?", "O", "S4")]
    arrays += [y[:0], y[:, None], y[None], y[None, None], y[::-2], np.asfortranarray(np.stack([y] * 64)), np.zeros(())]
    arrays += [np.ma.masked_array(y, y > 0), np.broadcast_to(np.float32(0.1), 30000)]
    pairs = [(y, rate) for rate in (0, -1, 1, 1e9, np.nan, np.inf, 22050.5, 2**40)]
    table, failures, _ = clone(EXTRACTOR).set_params(n_jobs=None).extract(arrays + pairs)
    assert len(table) == len(arrays) + len(pairs)
    assert table.notna().any(axis=1).sum() + len(failures) == len(table)
