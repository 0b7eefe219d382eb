"""Folder of a feature table that is written in parts and can be resumed."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..._atomic_write import write_atomically
from ...datasets.tables._parts import MANIFEST, read_manifest

TRANSFORMER = "_transformer.skvae"


class PartFolder:
    """Folder with the parts of a feature table and a manifest.

    The manifest is written first. It records all settings on which the rows depend. All files are written atomically,
    so that a later call can keep the parts of an interrupted call and compute only the missing parts. As long as the
    folder contains no part, a call with other settings starts again from the beginning.

    Parameters
    ----------
    folder : path-like
        Path of the folder. Created if it does not exist.
    settings : dict
        Settings on which the rows depend, as JSON values.
    source : Path
        Music library.
    summary : LibrarySummary
        Number of tracks and digest of the library.

    Attributes
    ----------
    manifest : dict
        Content of the manifest.
    tracks : Path
        Track table with one row group per part. Deleted when all parts are finished.
    transformer : Path
        File of the fitted feature transformer.
    """

    def __init__(self, folder, settings, source, summary):
        self.folder = Path(folder)
        self.tracks, self.transformer = self.folder / "_tracks.parquet", self.folder / TRANSFORMER
        library = {"path": str(source), "n_tracks": summary.n_tracks, "digest": summary.digest}
        self.manifest = {"finished": False, "settings": settings, "source": library}

    @contextmanager
    def opened(self):
        """Lock the folder, and start a table or resume the existing table.

        Raises
        ------
        ValueError
            If the folder contains other files or parts of another table, or if another process uses it.
        """
        self._read_existing_manifest()  # raises before anything is written
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock", timeout=0)  # the operating system releases it if the process is killed
        try:
            lock.acquire()
        except Timeout:
            raise ValueError(
                f"Another process is writing to {self.folder}. Wait until it has finished, or use another folder."
            ) from None
        try:
            existing = self._read_existing_manifest()
            if existing is None:
                self._clear()
                self.write()
            else:
                self.manifest = existing
            yield self
        finally:
            lock.release()

    def part(self, number):
        """Return the path of a part."""
        return self.folder / f"part-{number:05d}.parquet"

    def parts(self):
        """Return the paths of the existing parts in order."""
        return sorted(self.folder.glob("part-*.parquet"))

    def has_part(self, number, n_rows):
        """Return whether a part exists and contains all its rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_metadata(self.part(number)).num_rows == n_rows
        except (FileNotFoundError, pa.ArrowInvalid):  # ArrowInvalid: the file is truncated
            return False

    def write(self, **entries):
        """Add entries to the manifest and write it."""
        self.manifest |= entries
        with write_atomically(self.folder / MANIFEST) as file:
            file.write(json.dumps(self.manifest, indent=2, ensure_ascii=False).encode() + b"\n")

    def remove(self):
        """Delete the files of the table, and the folder if it is then empty."""
        self._clear()
        for name in (MANIFEST, ".lock"):
            (self.folder / name).unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            shutil.rmtree(self.folder)

    def _clear(self):
        for path in [self.tracks, self.transformer, *self.parts()]:
            path.unlink(missing_ok=True)

    def _read_existing_manifest(self):
        """Return the manifest in the folder if it belongs to the same table; None to start from the beginning."""
        if not (self.folder / MANIFEST).is_file():
            if self.folder.is_dir() and any(not path.name.startswith(".") for path in self.folder.iterdir()):
                raise ValueError(f"{self.folder} contains other files. Use another folder or delete it.")
            return None
        existing = read_manifest(self.folder)
        if existing["finished"] and len(self.parts()) != existing["n_parts"]:
            return None
        difference = _describe_difference(existing, self.manifest)
        if difference and self.parts():
            raise ValueError(f"{self.folder} contains features {difference}. Use another folder or delete it.")
        return None if difference else existing


def _describe_difference(existing, requested):
    """Describe the first difference between two manifests, or return an empty text."""
    path = requested["source"]["path"]
    if existing["source"]["path"] != path:
        return f"of another library ({existing['source']['path']}, not {path})"
    if existing["source"] != requested["source"]:
        before, now = (manifest["source"]["n_tracks"] for manifest in (existing, requested))
        change = f"{before} tracks then, {now} tracks now" if before != now else "files or texts are different"
        return f"of {path} before it was changed ({change})"
    for key in existing["settings"] | requested["settings"]:
        before, now = (manifest["settings"].get(key) for manifest in (existing, requested))
        if before != now:
            long = isinstance(before, dict) or isinstance(now, dict)
            return f"computed with different settings ({key}{'' if long else f': {before!r} != {now!r}'})"
    return ""
