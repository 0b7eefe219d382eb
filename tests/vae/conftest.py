"""Fixtures of the tests of variational autoencoders."""

import numpy as np
import pytest
from sklearn.datasets import load_digits


@pytest.fixture(scope="session")
def digits():
    """1000 digits in random order."""
    X = load_digits().data
    return X[np.random.default_rng(0).permutation(len(X))[:1000]]
