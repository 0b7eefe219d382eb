"""Append-only table on disk that stays readable and can be resumed after an interruption."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from ..._atomic_write import write_atomically

TABLE, LATENT, STATE = "clusters.csv", "latent.npy", "predict.json"
HEADER_BYTES = 128  # size of the header of a .npy file
UNCHANGED_CELLS = {"dtype": "str", "keep_default_na": False}
"""Arguments of `pandas.read_csv` that keep every cell as text."""


class ResumableTable:
    """Labels (CSV) and latent representation (``.npy``) that grow in chunks.

    ``predict.json`` is updated after each chunk. It contains the valid length of both files.
    Data after this length was written by an interrupted call, and the next call removes it.

    Parameters
    ----------
    folder : path-like
        Folder of the files. Created if it does not exist.
    identity : dict
        Description of the model and the source. Only a table with the same identity is resumed.

    Attributes
    ----------
    n_rows : int
        Number of rows in the table.
    last : str or None
        ``track_id`` of the last row.
    continued : int
        Number of rows that were written by an earlier call.
    """

    def __init__(self, folder, identity):
        self.folder = Path(folder)
        self.identity = identity
        state = self._read_state()
        self.continued = self.n_rows = state["n_rows"]
        self.last = state["last"]
        self._table_bytes, self._latent_bytes = state["bytes"], state["latent_bytes"]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_state(finished=False)
        self._truncate_files()

    def _truncate_files(self):
        """Remove the data that was written after the last update of the state file."""
        if not self.n_rows:
            for name in (TABLE, LATENT):
                (self.folder / name).unlink(missing_ok=True)
            return
        os.truncate(self.folder / TABLE, self._table_bytes)
        with (self.folder / LATENT).open("r+b") as file:
            file.truncate(self._latent_bytes)
            n_values = (self._latent_bytes - HEADER_BYTES) // 4
            _write_header(file, (self.n_rows, n_values // self.n_rows))

    def _read_state(self):
        """Return the state of an interrupted call with the same identity, or the state of an empty table."""
        empty = {"n_rows": 0, "last": None, "bytes": 0, "latent_bytes": 0}
        try:
            state = json.loads((self.folder / STATE).read_text("utf-8"))
            sizes = {name: (self.folder / name).stat().st_size for name in (TABLE, LATENT)}
        except (OSError, ValueError):
            return empty
        resumable = state.get("identity") == self.identity and not state.get("finished")
        if not resumable or sizes[TABLE] < state["bytes"] or sizes[LATENT] < state["latent_bytes"]:
            return empty
        return {name: state[name] for name in empty}

    def append(self, rows, Z):
        """Append rows to both files.

        Parameters
        ----------
        rows : DataFrame with n_rows rows
            Rows of the table, with the column ``track_id``.
        Z : ndarray of shape (n_rows, latent_dim), dtype float32
            Latent representation. NaN for tracks that could not be used.
        """
        text = rows.to_csv(index=False, header=self.n_rows == 0, lineterminator="\n").encode()
        with (self.folder / TABLE).open("ab") as file:
            file.write(text)
            _flush_to_disk(file)
            self._table_bytes = file.tell()
        self.n_rows += len(rows)
        self.last = str(rows["track_id"].iloc[-1])
        path = self.folder / LATENT
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(max(HEADER_BYTES, self._latent_bytes))
            file.write(np.ascontiguousarray(Z, dtype="<f4").tobytes())
            self._latent_bytes = file.tell()
            _flush_to_disk(file)
            _write_header(file, (self.n_rows, Z.shape[1]))
            _flush_to_disk(file)
        self._write_state(finished=False)

    def finish(self, **entries):
        """Mark the table as complete, and add entries to the state file."""
        self._write_state(finished=True, **entries)

    def _write_state(self, **entries):
        state = {
            "n_rows": self.n_rows,
            "last": self.last,
            "bytes": self._table_bytes,
            "latent_bytes": self._latent_bytes,
        }
        text = json.dumps(entries | state | {"identity": self.identity}, indent=2, ensure_ascii=False) + "\n"
        with write_atomically(self.folder / STATE) as file:
            file.write(text.encode())


def read_chunks(folder, size=8192):
    """Read the table of a folder in chunks, with every cell as text."""
    with pd.read_csv(Path(folder) / TABLE, chunksize=size, **UNCHANGED_CELLS) as chunks:
        yield from chunks


def _flush_to_disk(file):
    file.flush()
    os.fsync(file.fileno())


def _write_header(file, shape):
    """Write the header of a float32 array. NumPy pads it, so that its size does not depend on the number of rows."""
    file.seek(0)
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": "<f4"})
