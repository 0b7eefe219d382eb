"""What beta does to reconstruction, latent and clusters."""

from ._effects import split_name
from ._summary import check_table

QUANTITIES = ("kl", "active_units", "mean_correlation", "mean_variance")


def sweep_beta(table, metric="ami"):
    """Collect, for each beta and seed, the losses, what is left of the latent, and how well it clusters.

    Parameters
    ----------
    table : DataFrame
        The long table of `compare`, with representations such as ``beta-vae-4``.
    metric : str, default="ami"
        Metric with labels to take along, where the scores are not leaked.

    Returns
    -------
    sweep : DataFrame
        A row for each study, block ("" for all), beta and seed: ``study``, ``block``, ``beta``, ``seed``,
        ``reconstruction_error`` (mean square, of standardised columns), ``kl`` (nats per row), ``active_units``,
        ``mean_correlation`` (absolute, of two active units) and ``mean_variance`` (of the units' means), as far as the
        table has them, and ``ami genre`` and the like: the score, mean over the clusterers.

    See Also
    --------
    skvae.plots.BetaSweepDisplay : Draws it.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.experiments import sweep_beta
    >>> rows = [("beta-vae-1", 0, 8.0), ("beta-vae-4", 0, 3.0), ("vae", 0, 8.0)]
    >>> table = pd.DataFrame(rows, columns=["representation", "seed", "value"]).assign(
    ...     study="toy", clusterer="", label="", metric="active_units", space="latent", chance=None, leaked=False,
    ...     version="",
    ... )
    >>> sweep_beta(table)[["beta", "active_units"]]
       beta  active_units
    0   1.0           8.0
    1   4.0           3.0
    """
    table = check_table(table)
    parts = table["representation"].map(split_name)
    table = table[[part.kind == "beta-vae" for part in parts]]
    parts = parts[table.index]
    table = table.assign(block=[part.block for part in parts], beta=[float(part.argument) for part in parts])
    key = ["study", "block", "beta", "seed"]
    of_latent = table["metric"].isin(QUANTITIES) & table["space"].eq("latent")
    of_label = table["metric"].eq(metric) & table["label"].ne("") & ~table["leaked"]
    named = table["metric"].where(of_latent, table["metric"] + " " + table["label"])
    kept = table.assign(quantity=named)[of_latent | of_label]
    wide = kept.groupby([*key, "quantity"])["value"].mean().unstack()
    wide = wide[[*(name for name in QUANTITIES if name in wide), *(name for name in wide if name not in QUANTITIES)]]
    if "reconstruction_error" in table:
        wide.insert(0, "reconstruction_error", table.groupby(key)["reconstruction_error"].mean())
    return wide.rename_axis(columns=None).reset_index()
