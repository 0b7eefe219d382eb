"""Append newly labeled tracks to the tables and playlists of a run. Existing rows are not changed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ..._atomic_write import write_atomically
from ..._paths import resolve_path
from ..model._library_model import pipeline_digest
from ..output._relative_paths import relative_paths
from ._playlist_files import append_entries, entries_by_cluster
from ._resumable_table import LATENT, TABLE, UNCHANGED_CELLS, read_chunks


def check_run(run, model):
    """Check that a folder contains a run of the model.

    Parameters
    ----------
    run : path-like
        Folder of the run.
    model : LibraryModel
        Model that labels the tracks.

    Raises
    ------
    ValueError
        If the folder is not a run, or a run of another model.
    """
    run = Path(run)
    if not ((run / TABLE).is_file() and (run / "latent.npz").is_file() and (run / "run.json").is_file()):
        raise ValueError(f"append={str(run)!r} must be a folder written by `skvae cluster`.")
    if pipeline_digest(run / "model") != model.key:
        raise ValueError(f"{run} was clustered by another model. Pass the model in {run / 'model'}.")


def append_to_run(run, out):
    """Append the tracks of a labeled table to a run.

    Tracks are compared by audio file. They are compared by ``track_id`` if one of the two tracks has no audio file. All
    files are replaced atomically, and ``clusters.csv`` is replaced last. An interrupted call can therefore be repeated.

    Parameters
    ----------
    run : Path
        Folder of the run.
    out : Path
        Folder of the table, written by `ResumableTable`.

    Returns
    -------
    added : int
        Number of added tracks.
    left_out : dict of str to str
        Reasons why the other tracks were not added, by ``track_id``.
    """
    path = run / TABLE
    content = path.read_bytes()
    table = pd.read_csv(path, **UNCHANGED_CELLS)
    if "audio" not in table:
        raise ValueError(f"{path} has no column 'audio', because an older version wrote it. Cluster the library again.")
    index = _TrackIndex(run, table)
    Z = np.load(out / LATENT, mmap_mode="r")
    added, rows, first, left_out = [], [], 0, {}
    for chunk in read_chunks(out):
        paths = [resolve_path(path, out.resolve()) for path in chunk["audio"]]
        reasons = [index.add(name, path) for name, path in zip(chunk["track_id"], paths, strict=True)]
        left_out |= {name: reason for name, reason in zip(chunk["track_id"], reasons, strict=True) if reason}
        new = np.array([not reason for reason in reasons], dtype=bool)
        chunk = chunk.assign(audio=relative_paths(paths, run))
        added.append(chunk[new].reindex(columns=table.columns))
        rows.append(first + np.flatnonzero(new))
        first += len(chunk)
    added, rows = pd.concat(added), np.concatenate(rows)
    if len(added):
        _append_latent(run, len(table), added, Z[rows])
        for name, entries in entries_by_cluster(added, run).items():
            append_entries(run / "playlists" / f"{name}.m3u8", name, entries)
        text = added.to_csv(index=False, header=False, lineterminator="\n").encode()
        separator = b"" if content.endswith(b"\n") else b"\n"
        with write_atomically(path) as file:
            file.write(content + separator + text)
    _record(run, {"from": str(out), "n_added": len(added), "n_left_out": len(left_out)})
    return len(added), left_out


class _TrackIndex:
    """Tracks of a run by identifier and by audio path."""

    def __init__(self, run, table):
        paths = [resolve_path(path, run.resolve()) for path in table["audio"]]
        self.path_of = dict(zip(table["track_id"], paths, strict=True))
        self.name_of = {path: name for name, path in self.path_of.items() if path is not None}

    def add(self, name, path):
        """Add a track and return an empty text, or return the reason why the track cannot be added."""
        if path is not None and path in self.name_of:
            same = self.name_of[path]
            return "is already in the run" + (f" as {same!r}" if same != name else "")
        if name in self.path_of:
            different = path is not None and self.path_of[name] is not None
            return "another track of the run has the same track_id" if different else "is already in the run"
        self.path_of[name] = path
        if path is not None:
            self.name_of[path] = name
        return ""


def _append_latent(run, n_rows, added, Z):
    with np.load(run / "latent.npz") as stored:
        columns, ids, latent, labels = (stored[name] for name in ("columns", "track_id", "latent", "labels"))
    with write_atomically(run / "latent.npz") as file:
        np.savez_compressed(
            file,
            # Rows after `n_rows` were left by an interrupted call.
            track_id=np.concatenate([ids[:n_rows], added["track_id"].to_numpy(dtype=np.str_)]),
            latent=np.concatenate([latent[:n_rows], Z.astype(latent.dtype)]),
            labels=np.concatenate([labels[:n_rows], added["label"].to_numpy(dtype=labels.dtype)]),
            columns=columns,
        )


def _record(run, entry):
    """Add an entry to the list ``appended`` in ``run.json``."""
    path = run / "run.json"
    record = json.loads(path.read_text("utf-8"))
    entry = {"written": datetime.now(UTC).isoformat(timespec="seconds")} | entry
    record["appended"] = [*record.get("appended", []), entry]
    with write_atomically(path) as file:
        file.write((json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())
