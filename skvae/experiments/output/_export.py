"""Tables of a comparison as files: CSV and Parquet to compute with, Markdown and LaTeX to read."""

import re
from pathlib import Path

from ..summary._summary import summarize
from ..summary._tables import make_sheets, source

LONG, WIDE = 40, 3  # rows and metrics that fit on a printed page
NAME = r">{\raggedright\arraybackslash}p{0.19\linewidth}"
ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "†": r"\textdagger{}", "–": "--",
}  # fmt: skip
ARROWS = {1: "↑", -1: "↓", 0: ""}
LATEX_ARROWS = {1: r" $\uparrow$", -1: r" $\downarrow$", 0: ""}


def write_tables(table, folder, *, summary=None, baselines=()):
    """Write the tables of a comparison, each naming study, seeds and version.

    Parameters
    ----------
    table : DataFrame
        The long table of `compare`.
    folder : path-like
        Where to write; made if it is not there.
    summary : DataFrame, default=None
        From `summarize`, by default of `table`.
    baselines : sequence of str, default=()
        For `summarize`, where no summary is given.

    Returns
    -------
    paths : list of Path
        ``results.csv`` and ``results.parquet`` (the long table), ``summary.csv``, ``summary.parquet``, ``summary.md``
        and ``summary.tex``.

    See Also
    --------
    markdown_tables, latex_tables : The two to read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skvae.experiments import write_tables
    >>> columns = ["representation", "seed", "value"]
    >>> table = pd.DataFrame([("PCA", 0, 0.2), ("VAE", 0, 0.5)], columns=columns).assign(
    ...     study="toy", clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_tables(table, Path(folder) / "out")
    >>> [path.name for path in paths[:3]]
    ['results.csv', 'results.parquet', 'summary.csv']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarize(table, baselines=baselines) if summary is None else summary
    paths = []
    for name, frame in (("results", table), ("summary", summary)):
        paths += [folder / f"{name}.csv", folder / f"{name}.parquet"]
        frame.to_csv(paths[-2], index=False)
        frame.to_parquet(paths[-1], index=False)
    for name, text in (("summary.md", markdown_tables(summary)), ("summary.tex", latex_tables(summary))):
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def markdown_tables(summary):
    """Write a summary as Markdown tables, methods down and metrics across.

    Parameters
    ----------
    summary : DataFrame
        From `summarize`.

    Returns
    -------
    text : str
        A section for each study, label and space. The best is bold; what is not told apart from it is italic; leaked
        scores bear a dagger.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.experiments import markdown_tables, summarize
    >>> rows = [("PCA", 0, 0.2), ("PCA", 1, 0.3), ("VAE", 0, 0.5), ("VAE", 1, 0.6)]
    >>> table = pd.DataFrame(rows, columns=["representation", "seed", "value"]).assign(
    ...     study="toy", clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> print(markdown_tables(summarize(table)))
    ## toy: agreement with genre
    <BLANKLINE>
    | representation | clusterer | ami ↑ |
    |:--|:--|--:|
    | VAE | kmeans | **0.550 ± 0.071** |
    | PCA | kmeans | *0.250 ± 0.071* |
    | chance | | 0.000 |
    <BLANKLINE>
    Mean and standard deviation over the seeds. Bold: the best. Italic: not told apart from the best (p at least 0.05,
    Wilcoxon over seeds, Holm). Source: study toy, seeds 0-1, skvae.
    <BLANKLINE>
    """
    return "\n".join(_markdown(sheet) for sheet in make_sheets(summary))


def latex_tables(summary):
    r"""Write a summary as LaTeX tables, ready for ``\input``; they need the packages array, booktabs and longtable.

    Parameters
    ----------
    summary : DataFrame
        From `summarize`.

    Returns
    -------
    text : str
        A ``table`` for each study, label and space, or a ``longtable`` where it is longer than a page. Special
        characters in names are escaped; names in other than Latin letters need XeLaTeX or LuaLaTeX and a font.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.experiments import latex_tables, summarize
    >>> rows = [("PCA_20", 0, 0.2), ("VAE", 0, 0.5)]
    >>> table = pd.DataFrame(rows, columns=["representation", "seed", "value"]).assign(
    ...     study="toy", clusterer="kmeans", label="genre", metric="ami", space="", chance=0.0, leaked=False, version=""
    ... )
    >>> lines = latex_tables(summarize(table)).splitlines()
    >>> print(*[line.strip() for line in lines if "kmeans" in line], sep="\n")
    VAE & kmeans & \textbf{0.500} \\
    PCA\_20 & kmeans & \textit{0.200} \\
    """
    head = f"% {' '.join(source(summary).split())}\n% needs \\usepackage{{array,booktabs,longtable}}\n"
    return head + "".join(_latex(sheet, i) for i, sheet in enumerate(make_sheets(summary, WIDE), 1))


def _markdown(sheet):
    look = {"best": "**{}**", "near": "*{}*", "leaked": "{}†", "": "{}"}
    heads = [f"{_plain(name)} {ARROWS[sign]}".strip() for name, sign in zip(sheet.metrics, sheet.signs, strict=True)]
    rows = [["representation", "clusterer", *heads], [":--", ":--", *["--:"] * len(heads)]]
    for representation, clusterer, cells in sheet.rows:
        texts = [
            look[cells[name].look].format(" ± ".join(filter(None, cells[name][:2]))) if name in cells else ""
            for name in sheet.metrics
        ]
        rows.append([_plain(representation), _plain(clusterer), *texts])
    if sheet.chance:
        rows.append(["chance", "", *(sheet.chance.get(name, "") for name in sheet.metrics)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines[1] = lines[1].replace(" ", "")
    lines = [re.sub(r"\|  (?=\|)", "| ", line) for line in lines]
    notes = " ".join([*sheet.notes, f"Source: {_plain(sheet.source)}."])
    return "\n".join([f"## {_plain(sheet.title)}", "", *lines, "", notes, ""])


def _latex(sheet, number):
    look = {
        "best": r"\textbf{%s}",
        "near": r"\textit{%s}",
        "leaked": r"%s\rlap{\textsuperscript{\textdagger}}",
        "": "%s",
    }
    heads = [tex(name) + LATEX_ARROWS[sign] for name, sign in zip(sheet.metrics, sheet.signs, strict=True)]
    body = []
    for representation, clusterer, cells in sheet.rows:
        texts = []
        for name in sheet.metrics:
            cell = cells.get(name)
            text = look[cell.look] % re.sub(r"^-(?=\d)", "$-$", tex(cell.mean)) if cell else ""
            texts.append(f"{text} {{\\scriptsize$\\pm${cell.sd}}}" if cell and cell.sd else text)
        body.append(" & ".join([_name(representation), _name(clusterer), *texts]) + r" \\")
    if sheet.chance:
        body += [r"\midrule", " & ".join(["chance", "", *(sheet.chance.get(m, "") for m in sheet.metrics)]) + r" \\"]
    caption = tex(" ".join([f"{sheet.title}.", *sheet.notes, f"Source: {sheet.source}."]))
    columns = NAME * 2 + "r" * len(heads)
    head = [r"\toprule", " & ".join(["representation", "clusterer", *heads]) + r" \\", r"\midrule"]
    naming = f"\\caption{{{caption}}}\\label{{tab:skvae-{number}}}"
    if len(sheet.rows) > LONG:
        lines = [
            r"{\small\setlength{\tabcolsep}{4pt}", rf"\begin{{longtable}}{{{columns}}}", naming + r" \\", *head,
            r"\endfirsthead", *head, r"\endhead", *body, r"\bottomrule", r"\end{longtable}}",
        ]  # fmt: skip
    else:
        lines = [
            r"\begin{table}", r"\centering\small\setlength{\tabcolsep}{4pt}", naming,
            rf"\begin{{tabular}}{{{columns}}}", *head, *body, r"\bottomrule", r"\end{tabular}", r"\end{table}",
        ]  # fmt: skip
    return "\n" + "\n".join(lines) + "\n"


def tex(text):
    """Escape what LaTeX would read as a command; a line break becomes a space."""
    return "".join(ESCAPED.get(char, char) for char in " ".join(str(text).split()))


def _name(text):
    """Escape a name that may be longer than its column."""
    return tex(text).replace("@", r"@\allowbreak{}")


def _plain(text):
    """Escape what Markdown would read as a mark; a line break becomes a space."""
    return re.sub(r"([\\`*_\[\]<>|#~$])", r"\\\1", " ".join(str(text).split()))
