"""Files of all released versions can be loaded and return the same results.

`make_files.py` creates the files of the current version.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import skvae

FILES = Path(__file__).parent / "files"
NAMES = sorted(path.relative_to(FILES).with_suffix("").as_posix() for path in FILES.glob("*/*.skvae"))


def test_files_of_the_current_version_exist():
    assert {name.partition("/")[2] for name in NAMES} >= {"lyrics", "multimodal", "pipeline", "vade"}
    assert f"{'.'.join(skvae.__version__.split('.')[:2])}/vade" in NAMES


@pytest.mark.filterwarnings("ignore:.*was saved with scikit-learn:UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_old_file_returns_the_same_results(name):
    model = skvae.load(FILES / f"{name}.skvae")
    with np.load(FILES / f"{name}.npz") as stored:
        known = dict(stored)
    X = known.pop("X")
    if "columns" in known:
        X = pd.DataFrame(X, columns=known.pop("columns"))
    assert len(known) >= 1
    for method, expected in known.items():
        result = getattr(model, method)(X)
        assert result.dtype == expected.dtype
        # The order of additions differs between machines.
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5, err_msg=method)
