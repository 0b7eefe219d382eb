"""Files with the tables of a comparison."""

import pandas as pd

from skvae.experiments import summarize, write_tables


def test_files_contain_the_tables_and_their_source(table, tmp_path):
    paths = write_tables(table, tmp_path / "new" / "out", baselines=["PCA"])
    assert [path.name for path in paths] == [
        "results.csv", "results.parquet", "summary.csv", "summary.parquet", "summary.md", "summary.tex",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(pd.read_parquet(paths[1]), table)
    summary = summarize(table, baselines=["PCA"])
    pd.testing.assert_frame_equal(summarize(pd.read_csv(paths[0]), baselines=["PCA"]), summary)
    pd.testing.assert_frame_equal(pd.read_parquet(paths[3]), summary, check_dtype=False)
    assert len(pd.read_csv(paths[2])) == len(summary)
    for path in paths[4:]:
        assert "study toy, seeds 0-7, skvae 0.1" in path.read_text()
