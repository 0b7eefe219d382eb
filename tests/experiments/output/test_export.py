"""Tables to read: what is marked, what is escaped, and whether LaTeX takes it."""

import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.experiments import latex_tables, markdown_tables, summarize, write_tables
from skvae.experiments.output._export import tex

DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,longtable,array}
\begin{document}
\input{summary}
\end{document}
"""
AWKWARD = '50%_V^2 {$x} #1&~ <a>\\b| "q"'


@pytest.fixture(scope="module")
def table(long_table):
    """Two labels, two spaces, a leaked method, a failed one, awkward names, more metrics than fit on a page."""
    base = np.linspace(0.1, 0.2, 8)
    scores = {
        "PCA": base,
        AWKWARD: base + 0.3,
        "near": base + 0.3 + 0.01 * np.array([2, -3] * 4),
        "failed": base * np.nan,
    }
    of_label = [
        long_table(scores, metric=metric, label=label, chance=chance)
        for metric, chance in (
            ("ami", 0.0),
            ("ari", 0.0),
            ("nmi", 0.02),
            ("purity", 0.12),
            ("accuracy", 0.1),
            ("v", 0.0),
        )
        for label in ("genre", "language_2")
    ]
    leaked = long_table({"cVAE": base + 0.6}, leaked=True)
    long = long_table({"multimodal-vae-attention@lyrics": base}, clusterer="agglomerative-complete@umap")
    inside = [
        long_table(scores, clusterer=name, metric="davies_bouldin", label="", space=space, chance=9.1)
        for name in ("kmeans", "gmm")
        for space in ("input", "latent")
    ]
    return pd.concat([*of_label, leaked, long, *inside], ignore_index=True)


def test_files_hold_the_tables_and_name_their_source(table, tmp_path):
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


def test_markdown_marks_best_near_and_leaked(table):
    text = markdown_tables(summarize(table))
    genre = text.split("## ")[1]
    rows = {line.split(" | ")[0][2:]: line for line in genre.splitlines() if line.startswith("| ")}
    assert genre.startswith("toy: agreement with genre\n")
    assert "| ari ↑ | nmi ↑ | ami ↑ | purity ↑ |" in genre  # in the order of METRICS
    assert "| **0.450 ± 0.035** |" in text
    assert "| *0.445 ± 0.039* |" in rows["near"]
    assert "0.750 ± 0.035†" in rows["cVAE"]
    assert "**" not in rows["cVAE"] + rows["PCA"]
    assert "–" in rows["failed"]
    assert "not told apart from the best" in genre
    assert "leaked" in genre
    assert "| davies\\_bouldin ↓ |" in text
    assert "| 0.120 |" in rows["chance"]


def test_no_score_of_an_own_space_is_best_of_another_representations(table):
    section = next(part for part in markdown_tables(summarize(table)).split("## ") if "in the latent space" in part)
    assert "a space of its own" in section
    assert section.count("\n| ") == 10  # head, four representations by two clusterers, chance


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
@pytest.mark.parametrize("n_methods", [0, 60])
def test_latex_compiles(table, long_table, tmp_path, n_methods):
    more = [long_table({f"m{i}": [i, i + 1.0]}) for i in range(n_methods)]
    write_tables(pd.concat([table, *more]), tmp_path)
    (tmp_path / "page.tex").write_text(DOCUMENT)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert b"Overfull" not in done.stdout
    assert (tmp_path / "page.pdf").stat().st_size > 1000


@pytest.mark.parametrize("n_methods", [0, 60])
def test_latex_is_balanced(table, long_table, n_methods):
    """What a TeX would stumble over, where there is none: braces, environments, cells of a row."""
    more = [long_table({f"m{i}": [i, i + 1.0]}) for i in range(n_methods)]
    text = latex_tables(summarize(pd.concat([table, *more])))
    assert ("longtable}" in text.split("longtable", 1)[1]) == (n_methods > 0)
    bare = re.sub(r"\\[\\{}$&%#_]", "", text)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    opened, closed = (re.findall(rf"\\{word}{{(\w+)}}", text) for word in ("begin", "end"))
    assert sorted(opened) == sorted(closed)
    for columns, body in re.findall(r"\\begin{(?:tabular|longtable)}{(\w+)}(.*?)\\end", text, re.DOTALL):
        for line in body.splitlines():
            if line.endswith(r"\\") and not line.startswith(r"\caption"):
                assert len(re.findall(r"(?<!\\)&", line)) == len(columns) - 1


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_nothing_in_a_name_reaches_latex_as_a_command(name):
    left = re.sub(r"\\(?:[{}$&#%_]|text\w+\{\})", "", tex(name))
    assert not set(left) & set("\\{}$&#%_^~\n\r")
