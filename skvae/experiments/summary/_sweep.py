"""Effect of beta on the reconstruction error, the latent space and the clusters."""

from ..study._representations import split_name
from ._long_table import check_table

LATENT_METRICS = ("kl", "active_units", "mean_correlation", "mean_variance")


def sweep_beta(table, metric="ami"):
    """Collect the reconstruction error, latent metrics and label agreement for each beta and seed.

    Parameters
    ----------
    table : DataFrame
        Long table of `compare` with representations such as ``beta-vae-4``.
    metric : str, default="ami"
        Metric that compares clusters with labels. Leaked scores are excluded.

    Returns
    -------
    sweep : DataFrame
        One row per study, block ("" for all blocks), beta and seed, with these columns as far as `table` contains
        them:

        - ``study``, ``block``, ``beta``, ``seed``.
        - ``reconstruction_error``: mean squared error of the standardized columns.
        - ``kl``: KL divergence in nats per row.
        - ``active_units``: number of active latent units.
        - ``mean_correlation``: mean absolute correlation of two active units.
        - ``mean_variance``: variance of the posterior means over the rows, averaged over the units.
        - ``ami genre`` and similar: mean score of the clusterers for each label.

    See Also
    --------
    skvae.plots.BetaSweepDisplay : Plot the sweep.

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
    names = table["representation"].map(split_name)
    table = table[[name.kind == "beta-vae" for name in names]]
    names = names[table.index]
    table = table.assign(block=[name.block for name in names], beta=[float(name.argument) for name in names])
    key = ["study", "block", "beta", "seed"]
    is_latent = table["metric"].isin(LATENT_METRICS) & table["space"].eq("latent")
    is_agreement = table["metric"].eq(metric) & table["label"].ne("") & ~table["leaked"]
    columns = table["metric"].where(is_latent, table["metric"] + " " + table["label"])
    selected = table.assign(column=columns)[is_latent | is_agreement]
    sweep = selected.groupby([*key, "column"])["value"].mean().unstack()
    first = [name for name in LATENT_METRICS if name in sweep]
    sweep = sweep[[*first, *(name for name in sweep if name not in LATENT_METRICS)]]
    if "reconstruction_error" in table:
        sweep.insert(0, "reconstruction_error", table.groupby(key)["reconstruction_error"].mean())
    return sweep.rename_axis(columns=None).reset_index()
