"""Reading a source, and writing nowhere near it."""

import sys
import warnings


def load_source(source, folders):
    """Load tracks or a table of features."""
    from ..datasets import is_feature_table, load_feature_table, load_tracks

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ready = folders is None and is_feature_table(source)
        tracks = load_feature_table(source) if ready else load_tracks(source, folders=folders)
    for warning in caught:
        print(f"note: {warning.message}", file=sys.stderr)
    return tracks


def keep_apart(source, tracks, targets):
    """Refuse to write where the library is."""
    from .._paths import audio_folders

    keep_outside(source, targets)
    ready = getattr(tracks, "tracks", None)  # a table of features lies in no library
    songs = tracks["audio"] if ready is None else ready["audio"]
    folders = {home.resolve() for home in audio_folders(songs)}
    if ready is None:
        folders.add(source.parent.resolve())
    for option, folder, target in _targets(targets):
        if not source.is_dir() and target in folders:
            raise ValueError(f"{option} {folder} lies in the library, where nothing is written: name another")


def keep_outside(source, targets):
    """Refuse to write below a folder of songs."""
    for option, folder, target in _targets(targets):
        if source.is_dir() and target.is_relative_to(source.resolve()):
            raise ValueError(f"{option} {folder} lies in the library, where nothing is written: name another")


def _targets(targets):
    """Every folder that is written to, with its option."""
    for option, folder in targets.items():
        if folder:
            yield from ((option, folder, target) for target in (folder.resolve(), folder.resolve() / "playlists"))
