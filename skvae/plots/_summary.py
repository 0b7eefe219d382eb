"""Selection of scores from the summary of a comparison."""

from ._style import format_metric_name

# Scores with labels have no space. Scores in the input space are comparable between methods.
COMPARABLE_SPACES = ["", "input"]


def check_single_study(summary):
    """Raise `ValueError` if a summary contains several studies."""
    studies = summary["study"].unique()
    if len(studies) > 1:
        raise ValueError(f"The summary contains several studies: {', '.join(studies)}. Select the rows of one study.")


def select_scores(summary, metric, label=None):
    """Select the scores of one metric from the summary of one study.

    Parameters
    ----------
    summary : DataFrame
        Output of `skvae.experiments.summarize`.
    metric : str
        Name of the metric.
    label : str, default=None
        Name of the label. If None, the first label of the metric is used.

    Returns
    -------
    scores : DataFrame
        Rows of the summary, sorted from best to worst.
    title : str
        Name of the metric and of the label or space.

    Raises
    ------
    ValueError
        If the summary contains several studies, or if it does not contain this metric and label.
    """
    check_single_study(summary)
    rows = summary[(summary["metric"] == metric) & summary["space"].isin(COMPARABLE_SPACES)]
    if not len(rows):
        available = ", ".join(summary["metric"].unique())
        raise ValueError(f"The summary has no comparable scores of metric {metric!r}. Available metrics: {available}.")
    label = rows["label"].iloc[0] if label is None else label
    if label not in set(rows["label"]):
        available = ", ".join(rows["label"].unique())
        raise ValueError(f"The metric {metric!r} has no label {label!r}. Available labels: {available}.")
    name = format_metric_name(metric)
    return rows[rows["label"] == label], f"{name} with {label}" if label else f"{name} in the input space"
