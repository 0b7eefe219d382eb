"""Summary tables in LaTeX."""

import re

from ..summary._tables import describe_source, make_tables

MAX_ROWS, MAX_METRICS = 40, 3  # rows and metrics of a table that fits on a page
NAME_COLUMN = r">{\raggedright\arraybackslash}p{0.19\linewidth}"
ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "†": r"\textdagger{}", "–": "--",
}  # fmt: skip
ARROWS = {1: r" $\uparrow$", -1: r" $\downarrow$", 0: ""}
MARKS = {
    "best": r"\textbf{%s}",
    "near": r"\textit{%s}",
    "leaked": r"%s\rlap{\textsuperscript{\textdagger}}",
    "": "%s",
}


def latex_tables(summary):
    r"""Format a summary as LaTeX tables for ``\input``.

    The document must load the packages array, booktabs and longtable.

    Parameters
    ----------
    summary : DataFrame
        Result of `summarize`.

    Returns
    -------
    text : str
        One ``table`` per study, label and space, or a ``longtable`` if it has more than 40 rows. Special characters in
        names are escaped. Names in other than Latin letters require XeLaTeX or LuaLaTeX and a suitable font.

    See Also
    --------
    markdown_tables : The same tables in Markdown.

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
    header = f"% {' '.join(describe_source(summary).split())}\n% needs \\usepackage{{array,booktabs,longtable}}\n"
    tables = make_tables(summary, MAX_METRICS)
    return header + "".join(_format_table(table, number) for number, table in enumerate(tables, 1))


def _format_table(table, number):
    heads = [escape_latex(name) + ARROWS[sign] for name, sign in zip(table.metrics, table.signs, strict=True)]
    body = []
    for representation, clusterer, cells in table.rows:
        texts = [_format_cell(cells.get(name)) for name in table.metrics]
        body.append(" & ".join([_breakable(representation), _breakable(clusterer), *texts]) + r" \\")
    if table.chance:
        body += [r"\midrule", " & ".join(["chance", "", *(table.chance.get(m, "") for m in table.metrics)]) + r" \\"]
    text = escape_latex(" ".join([f"{table.title}.", *table.notes, f"Source: {table.source}."]))
    caption = f"\\caption{{{text}}}\\label{{tab:skvae-{number}}}"
    columns = NAME_COLUMN * 2 + "r" * len(heads)
    head = [r"\toprule", " & ".join(["representation", "clusterer", *heads]) + r" \\", r"\midrule"]
    if len(table.rows) > MAX_ROWS:
        lines = [
            r"{\small\setlength{\tabcolsep}{4pt}", rf"\begin{{longtable}}{{{columns}}}", caption + r" \\", *head,
            r"\endfirsthead", *head, r"\endhead", *body, r"\bottomrule", r"\end{longtable}}",
        ]  # fmt: skip
    else:
        lines = [
            r"\begin{table}", r"\centering\small\setlength{\tabcolsep}{4pt}", caption,
            rf"\begin{{tabular}}{{{columns}}}", *head, *body, r"\bottomrule", r"\end{tabular}", r"\end{table}",
        ]  # fmt: skip
    return "\n" + "\n".join(lines) + "\n"


def _format_cell(cell):
    if cell is None:
        return ""
    text = MARKS[cell.mark] % re.sub(r"^-(?=\d)", "$-$", escape_latex(cell.mean))
    return f"{text} {{\\scriptsize$\\pm${cell.sd}}}" if cell.sd else text


def escape_latex(text):
    """Escape the special characters of LaTeX, and replace line breaks by spaces."""
    return "".join(ESCAPES.get(char, char) for char in " ".join(str(text).split()))


def _breakable(name):
    """Escape a name and allow a line break after "@"."""
    return escape_latex(name).replace("@", r"@\allowbreak{}")
