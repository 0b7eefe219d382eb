"""Reading and writing the folder of a comparison."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from ..summary._findings import write_findings
from ..summary._long_table import EVENT_COLUMNS
from ._table_files import write_tables

ABOUT, ERRORS, WARNINGS, ROWS = "comparison.json", "errors.csv", "warnings.csv", "rows.csv"
FINDINGS = "findings.md"


def write_comparison(comparison, folder):
    """Write the tables, findings and settings of a comparison; see `Comparison.save`."""
    folder = Path(folder)
    files = write_tables(comparison.table_, folder, summary=comparison.summary())
    (folder / FINDINGS).write_text(write_findings(comparison.table_), "utf-8")
    for name, frame in (
        (ERRORS, comparison.errors_),
        (WARNINGS, comparison.warnings_),
        (ROWS, comparison.known_.reset_index()),
    ):
        frame.to_csv(folder / name, index=False)
    entries = [[list(key), name] for key, name in comparison.entries_.items()]
    text = json.dumps(comparison.about_ | {"entries": entries}, indent=1, ensure_ascii=False, default=str)
    (folder / ABOUT).write_text(text + "\n", "utf-8")
    return [*files, *(folder / name for name in (FINDINGS, ERRORS, WARNINGS, ROWS, ABOUT))]


def read_comparison(folder):
    """Read the files written by `write_comparison`.

    Parameters
    ----------
    folder : path-like
        Folder of a comparison.

    Returns
    -------
    table, errors, warnings, rows : DataFrame
        Tables of the comparison.
    about, entries : dict
        Settings, and keys of the stored results.

    Raises
    ------
    FileNotFoundError
        If the folder contains no comparison.
    """
    folder = Path(folder)
    if not (folder / ABOUT).is_file():
        raise FileNotFoundError(
            f"{folder} contains no comparison: {ABOUT} is missing. Pass a folder written by `skvae compare`."
        )
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    entries = {tuple(key): name for key, name in about.pop("entries")}
    text = {"keep_default_na": False, "dtype": {name: str for name in EVENT_COLUMNS if name != "seed"}}
    errors, warned = (pd.read_csv(folder / name, **text) for name in (ERRORS, WARNINGS))
    rows = pd.read_csv(folder / ROWS, dtype=object).set_index("track_id")
    return pd.read_parquet(folder / "results.parquet"), errors, warned, rows, about, entries


def write_runs(comparison, folder):
    """Write the latent representations, labels, histories and models; see `Comparison.write_runs`."""
    folders, entries = [], comparison.entries_
    ids = comparison.known_.index
    for representation, seed in (key for key in entries if len(key) == 2):
        target = Path(folder, "runs", representation, str(seed))
        target.mkdir(parents=True, exist_ok=True)
        folders.append(target)
        latent = comparison.latent(representation, seed)
        np.savez_compressed(target / "latent.npz", track_id=ids.to_numpy(dtype=str), latent=latent)
        history = comparison.history(representation, seed)
        if len(history):
            history.to_csv(target / "history.csv", index=False)
        model = comparison.store_.path(entries[representation, seed], ".skvae")
        if model.is_file():
            shutil.copyfile(model, target / "model.skvae")
        keys = [key for key in entries if len(key) == 3 and (key[0], key[2]) == (representation, seed)]
        labels = {clusterer: comparison.labels(name, clusterer, seed) for name, clusterer, seed in keys}
        pd.DataFrame(labels, index=ids).to_csv(target / "labels.csv")
    return folders
