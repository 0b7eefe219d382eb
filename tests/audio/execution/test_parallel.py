"""Parallel processing: compilation of librosa, and worker processes that end."""

import os
import subprocess
import sys
import warnings

import faulty_decoders
import numpy as np
import pytest

from skvae.audio import AudioFeatureExtractor
from skvae.audio.execution._parallel import parallel_map

COUNT_STORED = """
import os
from pathlib import Path
from skvae.audio.execution._parallel import parallel_map

def stored(source):
    return len(list(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("guf-*.nbi")))

print(*parallel_map(stored, [0, 1], 2, None))
"""


@pytest.mark.slow
def test_librosa_is_compiled_before_workers_start(tmp_path):
    """Workers that write the numba cache at the same time can corrupt it (numba, issue 10128)."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", COUNT_STORED]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
    loops = ["_localmax", "_localmin", "__peak_pick", "_zc_wrapper", "_pi_wrapper"]
    assert {path.name.split(".")[1].rsplit("-")[0] for path in tmp_path.rglob("guf-*.nbi")} == set(loops)
    assert found == [str(len(loops))] * 2


def test_end_of_a_worker_process_affects_one_source():
    """All worker processes of joblib end together. Only the source that caused it is lost."""
    sources = list("abcdefghijklmnop")
    for place in (0, 6):
        sources[place] = faulty_decoders.Deadly("dies")
    made = list(parallel_map(str.upper, sources, 2, lambda reason: reason.split(":")[0]))
    assert made == ["the worker process ended" if s == "dies" else s.upper() for s in sources]


@pytest.mark.slow
def test_end_of_a_worker_process_affects_one_row(make_signal, write):
    songs = [write(f"{i}.wav", make_signal(i)) for i in range(3)]
    extractor = AudioFeatureExtractor(["rms"], statistics=["mean"], on_error="ignore", timeout=60.0)
    X = [*songs, faulty_decoders.Deadly("dies.wav"), *songs]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table, failures, _ = extractor.set_params(n_jobs=2).extract(X)
    assert failures[["row", "path"]].to_numpy().tolist() == [[3, "dies.wav"]]
    assert failures["reason"][0].startswith("the worker process ended: A worker process")
    expected = extractor.set_params(n_jobs=None).transform(songs * 2)
    np.testing.assert_array_equal(table.drop(index=3), expected)
