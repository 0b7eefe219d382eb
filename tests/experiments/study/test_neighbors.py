"""Knee of sorted distances."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.experiments import knee


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30), st.floats(0.5, 10))
def test_the_knee_is_a_distance_in_any_unit(distances, unit):
    found = knee(distances)
    assert found in distances
    assert knee([unit * d for d in sorted(distances)]) in [unit * d for d in distances]


def test_the_knee_of_two_distances_is_the_smaller_one():
    inner, outer = np.full(90, 1.0), np.full(10, 20.0)
    assert knee(np.r_[outer, inner]) == 1.0
