"""A folder of parts of one table: what it depends on, what is there, and what is still to do."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ...datasets.tables._parts import MANIFEST, read_manifest
from ..output._atomic_write import whole

TRANSFORMER = "_transformer.skvae"


class PartsFolder:
    """A folder in which a table comes into being part by part.

    The manifest comes first and says what all rows depend on; every file comes as a whole. So what is there after a
    kill counts, and the next run does the rest. While no part is there, other settings simply begin anew.

    Parameters
    ----------
    folder : path-like
        Where; made where it does not exist.
    settings : dict
        What the rows depend on beside the songs, as JSON holds it.
    source : Path
        The library.
    survey : LibrarySummary
        What is in it.

    Attributes
    ----------
    manifest : dict
        What is written down.
    tracks : Path
        The track table, a row group for each part, while parts are to be made of it.
    transformer : Path
        What describes the songs.
    """

    def __init__(self, folder, settings, source, survey):
        self.folder = Path(folder)
        self.tracks, self.transformer = self.folder / "_tracks.parquet", self.folder / TRANSFORMER
        asked = {"path": str(source), "n_tracks": survey.n_tracks, "digest": survey.digest}
        self.manifest = {"finished": False, "settings": settings, "source": asked}

    @contextmanager
    def opened(self):
        """Take hold of the folder, and go on with what is in it or begin.

        Raises
        ------
        ValueError
            If other things are in it, parts of another table among them, or another process is at work on it.
        """
        self._known()  # what is refused is refused before anything is written
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock", timeout=0)  # which the system releases when a process is killed
        try:
            lock.acquire()
        except Timeout:
            raise ValueError(f"another process is at work on {self.folder}") from None
        try:
            known = self._known()
            if known is None:
                self._clear()
                self.write()
            else:
                self.manifest = known
            yield self
        finally:
            lock.release()

    def part(self, number):
        """Path of a part."""
        return self.folder / f"part-{number:05d}.parquet"

    def parts(self):
        """Paths of the parts that are there, in order."""
        return sorted(self.folder.glob("part-*.parquet"))

    def has(self, number, n_rows):
        """Whether a part is there, with all of its rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_metadata(self.part(number)).num_rows == n_rows
        except (FileNotFoundError, pa.ArrowInvalid):  # not yet, or a disk that lost the end of it
            return False

    def write(self, **more):
        """Write the manifest, with what else it shall say."""
        self.manifest |= more
        with whole(self.folder / MANIFEST) as file:
            file.write(json.dumps(self.manifest, indent=2, ensure_ascii=False).encode() + b"\n")

    def remove(self):
        """Take away all that was written here, and the folder if nothing else is in it."""
        self._clear()
        for name in (MANIFEST, ".lock"):
            (self.folder / name).unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            shutil.rmtree(self.folder)

    def _clear(self):
        for path in [self.tracks, self.transformer, *self.parts()]:
            path.unlink(missing_ok=True)

    def _known(self):
        """Return the manifest that is there if it is of the same table; None to begin anew."""
        if not (self.folder / MANIFEST).is_file():
            if self.folder.is_dir() and any(not path.name.startswith(".") for path in self.folder.iterdir()):
                raise ValueError(f"{self.folder} holds other files: name another folder, or delete that one")
            return None
        known = read_manifest(self.folder)
        if known["finished"] and len(self.parts()) != known["n_parts"]:
            return None
        change = _change(known, self.manifest)
        if change and self.parts():
            raise ValueError(f"{self.folder} was begun {change}; name another folder, or delete that one")
        return None if change else known


def _change(known, asked):
    """Say in what a manifest differs from what is asked for; an empty text where it does not."""
    if known["source"]["path"] != asked["source"]["path"]:
        return f"with the songs of {known['source']['path']}, not of {asked['source']['path']}"
    if known["source"] != asked["source"]:
        before, now = (manifest["source"]["n_tracks"] for manifest in (known, asked))
        held = f"it held {before} songs and holds {now}" if before != now else "it holds other songs or texts"
        return f"before {asked['source']['path']} changed: {held}"
    for key in known["settings"] | asked["settings"]:
        before, now = (manifest["settings"].get(key) for manifest in (known, asked))
        if before != now:
            told = isinstance(before, dict) or isinstance(now, dict)
            return f"with another {key}" if told else f"with {key}={before!r}, and {key}={now!r} is asked for"
    return ""
