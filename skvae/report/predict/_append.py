"""Songs that were labelled later, into the tables of their run: nothing that stands there changes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ..._paths import resolve_path
from ..model._library_model import digest
from ..output._playlists import entry, playable, relative_paths
from ._resumable_table import LATENT, TABLE

READ = {"dtype": "str", "keep_default_na": False}  # every cell as it stands


def read_rows(folder, size=8192):
    """Read the rows of the table of a folder in chunks, every cell as it stands there."""
    with pd.read_csv(Path(folder) / TABLE, chunksize=size, **READ) as chunks:
        yield from chunks


def check_run(run, model):
    """Refuse a folder to append to that is no run of the model.

    Parameters
    ----------
    run : path-like
        The folder.
    model : LibraryModel
        The model.

    Raises
    ------
    ValueError
        If it is none.
    """
    run = Path(run)
    if not ((run / TABLE).is_file() and (run / "latent.npz").is_file() and (run / "run.json").is_file()):
        raise ValueError(f"{run} is no folder that `skvae cluster` wrote: nothing can be added to it")
    if digest(run / "model") != model.key:
        raise ValueError(f"{run} was clustered by another model: its own is in {run / 'model'}")


def append_to_run(run, out):
    """Add the songs of a table to those of the run.

    A song is in the run already if its audio is, or where either has none, its ``track_id``. All files are written
    under another name and then renamed, ``clusters.csv`` last: what is not in it has not been added, and an append that
    was stopped is done again.

    Parameters
    ----------
    run : Path
        Folder of the run.
    out : Path
        Folder of the table, by `PartialTable`.

    Returns
    -------
    added : int
        Songs that were added.
    left_out : dict of str to str
        Why others were not, by ``track_id``.
    """
    table, whole = run / TABLE, (run / TABLE).read_bytes()
    ours = pd.read_csv(table, **READ)
    if "audio" not in ours:
        raise ValueError(f"{table} has no column 'audio': an older skvae wrote it; cluster the library again")
    known = _Known(run, ours)
    Z = np.load(out / LATENT, mmap_mode="r")
    kept, rows, first, left_out = [], [], 0, {}
    for chunk in read_rows(out):
        paths = [resolve_path(path, out.resolve()) for path in chunk["audio"]]
        reasons = [known.reason(name, path) for name, path in zip(chunk["track_id"], paths, strict=True)]
        left_out |= {name: reason for name, reason in zip(chunk["track_id"], reasons, strict=True) if reason}
        new = np.array([not reason for reason in reasons], dtype=bool)
        chunk = chunk.assign(audio=relative_paths(paths, run))
        kept.append(chunk[new].reindex(columns=ours.columns))
        rows.append(first + np.flatnonzero(new))
        first += len(chunk)
    kept, rows = pd.concat(kept), np.concatenate(rows)
    if len(kept):
        _append_latent(run, len(ours), kept, Z[rows])
        for name, lines in playlist_lines(kept, run).items():
            add_lines(run / "playlists" / f"{name}.m3u8", name, lines)
        text = kept.to_csv(index=False, header=False, lineterminator="\n").encode()
        _replace(table, whole + (b"" if whole.endswith(b"\n") else b"\n") + text)
    _record(run, {"from": str(out), "n_added": len(kept), "n_left_out": len(left_out)})
    return len(kept), left_out


class _Known:
    """Songs of a run, by name and by file."""

    def __init__(self, run, table):
        paths = [resolve_path(path, run.resolve()) for path in table["audio"]]
        self.path_of = dict(zip(table["track_id"], paths, strict=True))
        self.name_of = {path: name for name, path in self.path_of.items() if path is not None}

    def reason(self, name, path):
        """Why a song is not to be added; if there is no reason, it is known from now on."""
        if path is not None and path in self.name_of:
            same = self.name_of[path]
            return "is in the run already" + (f" as {same!r}" if same != name else "")
        if name in self.path_of:
            other = path is not None and self.path_of[name] is not None
            return "another song of the run has this track_id" if other else "is in the run already"
        self.path_of[name] = path
        if path is not None:
            self.name_of[path] = name
        return ""


def playlist_lines(rows, folder):
    """Lines for the songs of a table that can be played, by name of their cluster.

    Parameters
    ----------
    rows : DataFrame of str
        Rows of the table in `folder`.
    folder : Path
        Where the table is; the playlists are in ``playlists`` below.

    Returns
    -------
    dict of str to list of (str, str)
        Length and name, and path, of each.
    """
    lines = {}
    for row in rows.itertuples():
        path = resolve_path(row.audio, folder.resolve())
        # A file of which nothing could be described is not listed.
        if row.cluster and path and playable(path) and row.seconds != "0.0":
            title, artist = row.title or None, row.artist or None
            lines.setdefault(row.cluster, []).append(entry(path, title, artist, (folder / "playlists").resolve()))
    return lines


def add_lines(path, name, entries):
    """Add songs to the end of a playlist, those that it lists already left out."""
    start = path.read_bytes() if path.is_file() else f"#EXTM3U\n#PLAYLIST:{name}\n".encode()
    listed = set(start.decode("utf-8", "replace").splitlines())
    lines = [line for entry in entries if entry[1] not in listed for line in entry]
    if lines:
        _replace(path, start + (b"" if start.endswith(b"\n") else b"\n") + "\n".join([*lines, ""]).encode())


def _append_latent(run, n_ours, kept, Z):
    with np.load(run / "latent.npz") as stored:
        columns, ids, latent, labels = (stored[name] for name in ("columns", "track_id", "latent", "labels"))
    part = run / ".latent.npz.part"
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            # Beyond the rows of the table stands what an append left that was stopped.
            track_id=np.concatenate([ids[:n_ours], kept["track_id"].to_numpy(dtype=np.str_)]),
            latent=np.concatenate([latent[:n_ours], Z.astype(latent.dtype)]),
            labels=np.concatenate([labels[:n_ours], kept["label"].to_numpy(dtype=labels.dtype)]),
            columns=columns,
        )
    part.replace(run / "latent.npz")


def _record(run, appended):
    path = run / "run.json"
    record = json.loads(path.read_text("utf-8"))
    appended = {"written": datetime.now(UTC).isoformat(timespec="seconds")} | appended
    record["appended"] = [*record.get("appended", []), appended]
    _replace(path, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())


def _replace(path, data):
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
