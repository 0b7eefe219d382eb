"""From the store to the long table, and to what failed and what was warned of."""

import numpy as np
import pandas as pd

from ... import __version__
from ...metrics import METRICS
from ..study._clusterers import SPACES
from ._comparison import EVENT_COLUMNS, TABLE_COLUMNS


def collect(plan, store, reasons, *, study, labels, metrics, n_rows):
    """Gather the results of a plan.

    Parameters
    ----------
    plan : Plan
        What was to be done.
    store : Store
        What was done.
    reasons : dict of str to str
        Why not, by key.
    study : str
        Name of the study.
    labels, metrics : sequence of str
        What was measured.
    n_rows : int
        Number of rows.

    Returns
    -------
    table, errors, warnings : DataFrame
        As in `Comparison`.
    entries : dict
        Names of entries, as in `Comparison`.
    """
    rows, errors, warned, entries = [], [], [], {}
    for name, clusterer, seed in plan.rows:
        latent, unit = plan.latents.get((name, seed)), plan.clusters.get((name, clusterer, seed))
        record = _record(store, latent)
        found = record if clusterer == "" else _record(store, unit) if record else None
        base = {
            "study": study,
            "representation": name,
            "clusterer": clusterer,
            "seed": seed,
            "n_rows": n_rows,
            "reconstruction_error": (record or {}).get("reconstruction_error"),
            "fit_seconds": (record or {}).get("fit_seconds"),
            "version": __version__,
        }
        event = (study, name, clusterer, seed)
        if found is None and (clusterer == "" or record is not None):
            errors.append((*event, _reason(plan, reasons, name, latent, unit, seed)))
        if found is not None:
            entries[(name, seed) if clusterer == "" else (name, clusterer, seed)] = (unit or latent).key
            warned += [(*event, text) for text in found["warnings"]]
            base |= {key: found[key] for key in ("n_clusters", "n_noise", "cluster_seconds") if key in found}
        scores = _scores(clusterer, found, labels, metrics, unit)
        rows += [base | score | {"leaked": score["label"] in plan.leaked[name]} for score in scores]
    table = pd.DataFrame(rows, columns=TABLE_COLUMNS)
    numbers = ["value", "chance", "reconstruction_error", "fit_seconds", "cluster_seconds"]
    table[numbers] = table[numbers].astype(float)
    counts = ["n_clusters", "n_noise", "n_rows"]
    table[counts] = table[counts].astype("Int64")
    return (
        table,
        pd.DataFrame(errors, columns=EVENT_COLUMNS),
        pd.DataFrame(warned, columns=EVENT_COLUMNS),
        entries,
    )


def _record(store, unit):
    found = None if unit is None else store.get(unit.key)
    return None if found is None else found[0]


def _reason(plan, reasons, name, latent, unit, seed):
    """Why there is no result: a clusterer may lack its embedding."""
    if name in plan.impossible:
        return plan.impossible[name]
    keys = [unit.key, unit.embedding] if unit is not None else [latent.key]
    return next((reasons[key] for key in keys if key in reasons), "the result is gone from the store")


def _scores(clusterer, found, labels, metrics, unit):
    """Scores of one clustering, or of a latent; NaN where it failed."""
    blank = {"label": "", "space": "", "value": np.nan, "chance": np.nan}
    if clusterer == "":
        measured = (found or {}).get("metrics", {})
        return [blank | {"metric": name, "space": "latent", "value": value} for name, value in measured.items()]
    if found is not None:
        return found["scores"]
    spaces = ["input", *SPACES] if unit is not None and unit.embedding else ["input", "latent"]
    within = [blank | {"metric": m, "space": s} for s in spaces for m in metrics if not METRICS[m].needs_labels]
    return within + [
        blank | {"metric": m, "label": label} for label in labels for m in metrics if METRICS[m].needs_labels
    ]
