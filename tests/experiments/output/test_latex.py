"""Summary tables in LaTeX."""

import re
import shutil
import subprocess

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.experiments import latex_tables, summarize, write_tables
from skvae.experiments.output._latex import escape_latex

DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,longtable,array}
\begin{document}
\input{summary}
\end{document}
"""


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
def test_braces_environments_and_cells_are_balanced(table, long_table, n_methods):
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
def test_names_contain_no_unescaped_commands(name):
    left = re.sub(r"\\(?:[{}$&#%_]|text\w+\{\})", "", escape_latex(name))
    assert not set(left) & set("\\{}$&#%_^~\n\r")
