"""Collection of stored results into the long table, the errors and the warnings."""

import numpy as np
import pandas as pd

from ... import __version__
from ...metrics import METRICS
from ..study._clusterers import SPACES
from ..summary._long_table import EVENT_COLUMNS, TABLE_COLUMNS


def collect_results(plan, store, reasons, *, study, labels, metrics, n_rows):
    """Collect the results of all tasks of a plan.

    Parameters
    ----------
    plan : Plan
        The tasks.
    store : Store
        Store of the results.
    reasons : dict of str to str
        Reasons of failed tasks by key.
    study : str
        Name of the study.
    labels, metrics : sequence of str
        Labels and metrics of the study.
    n_rows : int
        Number of rows.

    Returns
    -------
    table, errors, warnings : DataFrame
        As in `Comparison`.
    entries : dict
        Keys of the results, as in `Comparison`.
    """
    rows, errors, warned, entries = [], [], [], {}
    for name, clusterer, seed in plan.rows:
        latent, clustering = plan.latents.get((name, seed)), plan.clusterings.get((name, clusterer, seed))
        latent_record = _read_record(store, latent)
        record = latent_record
        if clusterer != "" and latent_record is not None:
            record = _read_record(store, clustering)
        base = {
            "study": study,
            "representation": name,
            "clusterer": clusterer,
            "seed": seed,
            "n_rows": n_rows,
            "reconstruction_error": (latent_record or {}).get("reconstruction_error"),
            "fit_seconds": (latent_record or {}).get("fit_seconds"),
            "version": __version__,
        }
        event = (study, name, clusterer, seed)
        if record is None and (clusterer == "" or latent_record is not None):
            errors.append((*event, _failure_reason(plan, reasons, name, latent, clustering)))
        if record is not None:
            entries[(name, seed) if clusterer == "" else (name, clusterer, seed)] = (clustering or latent).key
            warned += [(*event, text) for text in record["warnings"]]
            base |= {key: record[key] for key in ("n_clusters", "n_noise", "cluster_seconds") if key in record}
        scores = _score_rows(clusterer, record, labels, metrics, clustering)
        rows += [base | score | {"leaked": score["label"] in plan.leaked[name]} for score in scores]
    table = pd.DataFrame(rows, columns=TABLE_COLUMNS)
    numbers = ["value", "chance", "reconstruction_error", "fit_seconds", "cluster_seconds"]
    table[numbers] = table[numbers].astype(float)
    counts = ["n_clusters", "n_noise", "n_rows"]
    table[counts] = table[counts].astype("Int64")
    events = (pd.DataFrame(found, columns=EVENT_COLUMNS) for found in (errors, warned))
    return table, *events, entries


def _read_record(store, task):
    result = None if task is None else store.get(task.key)
    return None if result is None else result[0]


def _failure_reason(plan, reasons, name, latent, clustering):
    if name in plan.impossible:
        return plan.impossible[name]
    # A clustering also fails if its UMAP embedding has failed.
    keys = [clustering.key, clustering.embedding] if clustering is not None else [latent.key]
    return next((reasons[key] for key in keys if key in reasons), "the stored result was deleted")


def _score_rows(clusterer, record, labels, metrics, clustering):
    """Return the scores of a latent representation or a clustering, with NaN values if it failed."""
    blank = {"label": "", "space": "", "value": np.nan, "chance": np.nan}
    if clusterer == "":
        values = (record or {}).get("metrics", {})
        return [blank | {"metric": name, "space": "latent", "value": value} for name, value in values.items()]
    if record is not None:
        return record["scores"]
    spaces = ["input", *SPACES] if clustering is not None and clustering.embedding else ["input", "latent"]
    internal = [blank | {"metric": m, "space": s} for s in spaces for m in metrics if not METRICS[m].needs_labels]
    return internal + [
        blank | {"metric": m, "label": label} for label in labels for m in metrics if METRICS[m].needs_labels
    ]
