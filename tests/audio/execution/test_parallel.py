"""Compilation of librosa before worker processes start."""

import os
import subprocess
import sys

import pytest

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
