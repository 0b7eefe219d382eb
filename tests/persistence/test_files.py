"""Files of every version since the first load, and say what they said; `make_files.py` makes those of this version."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import skvae

FILES = Path(__file__).parent / "files"
NAMES = sorted(path.relative_to(FILES).with_suffix("").as_posix() for path in FILES.glob("*/*.skvae"))


def test_every_version_has_its_files():
    assert {name.partition("/")[2] for name in NAMES} >= {"lyrics", "multimodal", "pipeline", "vade"}
    assert f"{'.'.join(skvae.__version__.split('.')[:2])}/vade" in NAMES


@pytest.mark.filterwarnings("ignore:.*was saved with scikit-learn:UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_said(name):
    model = skvae.load(FILES / f"{name}.skvae")
    with np.load(FILES / f"{name}.npz") as stored:
        known = dict(stored)
    X = known.pop("X")
    if "columns" in known:
        X = pd.DataFrame(X, columns=known.pop("columns"))
    assert len(known) >= 1
    for method, answer in known.items():
        again = getattr(model, method)(X)
        assert again.dtype == answer.dtype
        # another machine adds in another order
        np.testing.assert_allclose(again, answer, rtol=1e-4, atol=1e-5, err_msg=method)
