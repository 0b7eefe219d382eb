"""Playlists of a labeled table, written without loading the whole table."""

from contextlib import ExitStack

from ..._atomic_write import write_atomically
from ..._paths import resolve_path
from ..output._playlists import is_playable, playlist_entry
from ._resumable_table import read_chunks


def write_playlists(out, names):
    """Write one playlist per cluster, in the order of the table.

    Parameters
    ----------
    out : Path
        Folder of the table. The playlists are written to its subfolder ``playlists``.
    names : dict of int to str
        Cluster names by label.

    Returns
    -------
    list of Path
        Paths of the written files.
    """
    folder = out / "playlists"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("[0-9][0-9]*.m3u8"):
        path.unlink()
    files = {}
    with ExitStack() as stack:
        for chunk in read_chunks(out):
            for name, entries in entries_by_cluster(chunk, out).items():
                if name not in files:
                    path = folder / f"{name}.m3u8"
                    files[name] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                    files[name].write(_header(name))
                files[name].writelines(f"{line}\n" for entry in entries for line in entry)
    return [folder / f"{name}.m3u8" for name in names.values() if name in files]


def entries_by_cluster(rows, folder):
    """Return the playlist entries of all playable tracks.

    Parameters
    ----------
    rows : DataFrame of str
        Rows of the table in `folder`.
    folder : Path
        Folder of the table. The playlists are in its subfolder ``playlists``.

    Returns
    -------
    dict of str to list of (str, str)
        Entries by cluster name: duration and name of the track, and its path.
    """
    entries = {}
    for row in rows.itertuples():
        path = resolve_path(row.audio, folder.resolve())
        # Recordings that could not be decoded have 0 seconds and are not listed.
        if row.cluster and path and is_playable(path) and row.seconds != "0.0":
            title, artist = row.title or None, row.artist or None
            entry = playlist_entry(path, title, artist, (folder / "playlists").resolve())
            entries.setdefault(row.cluster, []).append(entry)
    return entries


def append_entries(path, name, entries):
    """Append tracks to a playlist, except those that it already contains. Create the playlist if necessary."""
    content = path.read_bytes() if path.is_file() else _header(name).encode()
    listed = set(content.decode("utf-8", "replace").splitlines())
    lines = [line for entry in entries if entry[1] not in listed for line in entry]
    if lines:
        separator = b"" if content.endswith(b"\n") else b"\n"
        with write_atomically(path) as file:
            file.write(content + separator + "\n".join([*lines, ""]).encode())


def _header(name):
    return f"#EXTM3U\n#PLAYLIST:{name}\n"
