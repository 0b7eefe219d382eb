"""Summary tables in Markdown."""

import re

from ..summary._tables import make_tables

ARROWS = {1: "↑", -1: "↓", 0: ""}
MARKS = {"best": "**{}**", "near": "*{}*", "leaked": "{}†", "": "{}"}


def markdown_tables(summary):
    """Format a summary as Markdown tables with one row per method and one column per metric.

    Parameters
    ----------
    summary : DataFrame
        Result of `summarize`.

    Returns
    -------
    text : str
        One section per study, label and space. The best method is bold. Methods that are not significantly different
        from the best are italic. Leaked scores are marked with a dagger.

    See Also
    --------
    latex_tables : The same tables in LaTeX.

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
    Mean and standard deviation over the seeds. Bold: best method. Italic: not significantly different from the best
    (p >= 0.05, Wilcoxon over seeds, Holm). Source: study toy, seeds 0-1, skvae.
    <BLANKLINE>
    """
    return "\n".join(_format_table(table) for table in make_tables(summary))


def _format_table(table):
    heads = [
        f"{escape_markdown(name)} {ARROWS[sign]}".strip() for name, sign in zip(table.metrics, table.signs, strict=True)
    ]
    rows = [["representation", "clusterer", *heads]]
    for representation, clusterer, cells in table.rows:
        texts = [_format_cell(cells.get(name)) for name in table.metrics]
        rows.append([escape_markdown(representation), escape_markdown(clusterer), *texts])
    if table.chance:
        rows.append(["chance", "", *(table.chance.get(name, "") for name in table.metrics)])
    head, *body = ["|" + "".join(f" {text} |" if text else " |" for text in row) for row in rows]
    alignment = "|:--|:--|" + "--:|" * len(heads)
    notes = " ".join([*table.notes, f"Source: {escape_markdown(table.source)}."])
    return "\n".join([f"## {escape_markdown(table.title)}", "", head, alignment, *body, "", notes, ""])


def _format_cell(cell):
    return "" if cell is None else MARKS[cell.mark].format(" ± ".join(filter(None, (cell.mean, cell.sd))))


def escape_markdown(text):
    """Escape the special characters of Markdown, and replace line breaks by spaces."""
    return re.sub(r"([\\`*_\[\]<>|#~$])", r"\\\1", " ".join(str(text).split()))
