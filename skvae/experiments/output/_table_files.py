"""Files with the tables of a comparison: CSV and Parquet for programs, Markdown and LaTeX for readers."""

from pathlib import Path

from ..summary._summary import summarize
from ._latex import latex_tables
from ._markdown import markdown_tables


def write_tables(table, folder, *, summary=None, baselines=()):
    """Write the tables of a comparison.

    The Markdown and LaTeX tables name the study, the seeds and the version.

    Parameters
    ----------
    table : DataFrame
        Long table of `compare`.
    folder : path-like
        Folder for the files. It is created if it does not exist.
    summary : DataFrame, default=None
        Result of `summarize`. None computes it from `table`.
    baselines : sequence of str, default=()
        Parameter of `summarize`. Ignored if `summary` is given.

    Returns
    -------
    paths : list of Path
        ``results.csv`` and ``results.parquet`` (the long table), ``summary.csv``, ``summary.parquet``, ``summary.md``
        and ``summary.tex``.

    See Also
    --------
    markdown_tables, latex_tables : Formatted tables as text.

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
