"""Table of all tracks with their clusters."""

import numpy as np
import pandas as pd

from skvae.report.output._clusters_table import clusters_table


def test_the_table_has_one_row_per_track():
    tracks = pd.DataFrame({"track_id": ["a", "b", "c"], "title": ["A", None, "C"]}, index=[5, 6, 7])
    table = clusters_table(
        tracks,
        np.array([1, -1, 1]),
        membership=np.array([0.98763, np.nan, 1]),
        nearest=[["c"], [], ["a"]],
        names={1: "01 loud"},
        tags=np.array(["rock|pop", "", "jazz"]),
        seconds=np.array([1.0, 0, 3]),
        reasons=np.array(["", "empty file", ""]),
    )
    assert table["track_id"].tolist() == ["a", "b", "c"]
    assert table["nearest"].tolist() == ["c", "", "a"]
    assert table["cluster"].isna().tolist() == [False, True, False]
    assert table["title"].isna().tolist() == [False, True, False]
    assert table["tags"].tolist() == ["rock|pop", "", "jazz"]
    assert table.columns.tolist()[-4:] == ["genre", "tags", "seconds", "reason"]
    assert table["reason"].tolist() == ["", "empty file", ""]
    assert table["membership"][0] == 0.9876
