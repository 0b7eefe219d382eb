"""A table that grows row by row on disk, is valid whenever it is read, and is gone on with after a kill."""

import json
import os
from pathlib import Path

import numpy as np

TABLE, LATENT, STATE = "clusters.csv", "latent.npy", "predict.json"
HEADER = 128  # bytes before the values of an array file


class PartialTable:
    """The table of a run of `predict_library` as it comes: labels as CSV, the latent beside it, and how far it got.

    Rows come in chunks. After each, ``predict.json`` says how much of the two files counts; what a kill left behind
    that is cut off by the next run.

    Parameters
    ----------
    folder : path-like
        Where the files are; made where it does not exist.
    identity : dict
        What the rows depend on: the model and the source. Only a table of the same is gone on with.

    Attributes
    ----------
    n_rows : int
        Rows that are written.
    last : str or None
        The ``track_id`` of the last of them.
    continued : int
        Rows that an earlier run left.
    """

    def __init__(self, folder, identity):
        self.folder = Path(folder)
        self.identity = identity
        state = self._read()
        self.continued = self.n_rows = state["n_rows"]
        self.last = state["last"]
        self._bytes, self._latent_bytes = state["bytes"], state["latent_bytes"]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_state(finished=False)
        self._cut_off()

    def _cut_off(self):
        """Take away what was written after the state."""
        if not self.n_rows:
            for name in (TABLE, LATENT):
                (self.folder / name).unlink(missing_ok=True)
            return
        os.truncate(self.folder / TABLE, self._bytes)
        with (self.folder / LATENT).open("r+b") as file:
            file.truncate(self._latent_bytes)
            values = (self._latent_bytes - HEADER) // 4
            _write_header(file, (self.n_rows, values // self.n_rows))

    def _read(self):
        """How far an earlier run got; nowhere if there was none, it was finished, or it did something else."""
        fresh = {"n_rows": 0, "last": None, "bytes": 0, "latent_bytes": 0}
        try:
            state = json.loads((self.folder / STATE).read_text("utf-8"))
            sizes = {name: (self.folder / name).stat().st_size for name in (TABLE, LATENT)}
        except (OSError, ValueError):
            return fresh
        same = state.get("identity") == self.identity and not state.get("finished")
        if not same or sizes[TABLE] < state["bytes"] or sizes[LATENT] < state["latent_bytes"]:
            return fresh
        return {name: state[name] for name in fresh}

    def append(self, frame, Z):
        """Write the next rows.

        Parameters
        ----------
        frame : DataFrame of n_rows rows
            The columns of the table, ``track_id`` among them.
        Z : ndarray of shape (n_rows, latent_dim), float32
            Their latent; NaN where there is none.
        """
        text = frame.to_csv(index=False, header=self.n_rows == 0, lineterminator="\n").encode()
        self._bytes = _add(self.folder / TABLE, text)
        self.n_rows += len(frame)
        self.last = str(frame["track_id"].iloc[-1])
        path = self.folder / LATENT
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(max(HEADER, self._latent_bytes))
            file.write(np.ascontiguousarray(Z, dtype="<f4").tobytes())
            self._latent_bytes = file.tell()
            _settle(file)
            _write_header(file, (self.n_rows, Z.shape[1]))
            _settle(file)
        self._write_state(finished=False)

    def finish(self, record):
        """Say that all rows are there.

        Parameters
        ----------
        record : dict
            What else the state file shall say.
        """
        self._write_state(finished=True, **record)

    def _write_state(self, **more):
        state = {"n_rows": self.n_rows, "last": self.last, "bytes": self._bytes, "latent_bytes": self._latent_bytes}
        text = json.dumps(more | state | {"identity": self.identity}, indent=2, ensure_ascii=False) + "\n"
        part = self.folder / f".{STATE}.part"
        part.write_text(text, "utf-8")
        part.replace(self.folder / STATE)


def _add(path, data):
    with path.open("ab") as file:
        file.write(data)
        _settle(file)
        return file.tell()


def _settle(file):
    file.flush()
    os.fsync(file.fileno())


def _write_header(file, shape):
    """Write the header of an array of so many rows; NumPy leaves room in it for the number to grow."""
    file.seek(0)
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": "<f4"})
