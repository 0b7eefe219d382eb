"""Words from tags."""

import numpy as np
import pandas as pd
import pytest

from skvae.report import make_playlists
from skvae.report.output.names._tags import make_tag_source, overlapping_tags


def name_by_tags(tags, labels):
    tracks = pd.DataFrame({"audio": [None] * len(tags)})
    return [playlist.name for playlist in make_playlists(tracks, np.zeros((len(tags), 1)), np.array(labels), tags=tags)]


def test_a_tag_must_be_frequent_in_the_cluster_and_rare_elsewhere():
    tags = ["rock|indie rock", "rock|indie rock", "rock|sad", "rock|folk", "rock|folk", "rock|jazz"]
    assert name_by_tags(tags, [0, 0, 0, 1, 1, 1]) == ["00 indie rock, sad", "01 folk, jazz"]


def test_scores_are_differences_of_shares_counted_by_hand():
    source = make_tag_source(["a|b", "a", "", "b", "c|a"], np.array([2, 2, 2, 7, 7]))
    expected = {"a": [2 / 3 - 1 / 2, 1 / 2 - 2 / 3], "b": [1 / 3 - 1 / 2, 1 / 2 - 1 / 3], "c": [-1 / 2, 1 / 2]}
    pd.testing.assert_frame_equal(source.scores, pd.DataFrame(expected, index=[2, 7]), check_names=False, atol=1e-8)


def test_tags_after_the_fifth_are_ignored():
    assert name_by_tags(["a1|a2|a3|a4|a5|zz", "b|zz"], [0, 1]) == ["00 a1, a2", "01 b, zz"]


def test_spellings_that_differ_in_case_are_one_tag():
    assert name_by_tags(["House", "house ", "House", "jazz"], [0, 0, 0, 1]) == ["00 House", "01 jazz"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("rock", "indie rock", True),
        ("female vocalist", "female vocalists", True),
        ("chill", "chillout", True),
        ("male vocalists", "female vocalists", False),
        ("hard rock", "classic rock", False),
    ],
)
def test_overlapping_tags(first, second, expected):
    assert overlapping_tags(first, second) is overlapping_tags(second, first) is expected
