"""Loading of the music library, and a check that output is not written into it."""

import sys
import tempfile
import warnings

TRACK_TABLE = "tracks.csv"


def load_source(source, folders):
    """Load a track table or a feature table, and print its warnings as notes."""
    from ..datasets import is_feature_table, load_feature_table, load_tracks

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        has_features = folders is None and is_feature_table(source)
        tracks = load_feature_table(source) if has_features else load_tracks(source, folders=folders)
    if not has_features and (source / TRACK_TABLE).is_file():
        print(f"Note: {source} contains {TRACK_TABLE}, which is not used. To use it, pass this file.", file=sys.stderr)
    for warning in caught:
        print(f"Note: {warning.message}", file=sys.stderr)
    return tracks


def check_writable(option, folder):
    """Raise ValueError if a folder cannot be written or created. The folder must not be in the music library.

    Parameters
    ----------
    option : str
        Option of the folder, for the error message.
    folder : Path
        Output folder. It may not exist yet.
    """
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise ValueError(
            f"{option} {folder} cannot be written ({existing}: {error.strerror}). Use another folder."
        ) from error


def check_output_folders(source, folders, tracks=None):
    """Raise ValueError if an output folder is inside the music library.

    Parameters
    ----------
    source : Path
        Music library, track table or feature table.
    folders : dict of str to Path or None
        Output folders by option.
    tracks : DataFrame, FeatureTable or None, default=None
        Loaded tracks. If they come from a table, output folders must also differ from the folders of the audio files
        and of the table.
    """
    from .._paths import audio_folders

    protected = set()
    if tracks is not None and not source.is_dir():
        feature_tracks = getattr(tracks, "tracks", None)
        audio = tracks["audio"] if feature_tracks is None else feature_tracks["audio"]
        protected = {folder.resolve() for folder in audio_folders(audio)}
        if feature_tracks is None:  # a feature table can be in the output folder
            protected.add(source.parent.resolve())
    for option, folder in folders.items():
        if folder is None:
            continue
        targets = {folder.resolve(), folder.resolve() / "playlists"}
        below = source.is_dir() and any(target.is_relative_to(source.resolve()) for target in targets)
        if below or targets & protected:
            raise ValueError(
                f"{option} {folder} is inside the music library, which is never written to. Use another folder."
            )
