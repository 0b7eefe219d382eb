"""Studies from files, and those that come with skvae."""

import difflib
from importlib import resources
from pathlib import Path

from ...datasets import is_feature_table, load_feature_table, load_tracks, make_songs
from ..execution._compare import compare
from ._schema import Made, Study, StudyFileError, parse_study

PRESETS = ("easy", "medium", "hard")


def read_study(source):
    """Read a study file.

    Parameters
    ----------
    source : path-like
        The file; or "easy", "medium" or "hard", the studies that come with skvae.

    Returns
    -------
    Study
        What it says.

    Raises
    ------
    StudyFileError
        If something in it is not known, of the wrong type, or does not go with something else.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> from skvae.experiments import read_study
    >>> study = read_study("hard")
    >>> study.condition, study.n_clusters
    (['language', 'genre'], 'genre')
    """
    if str(source) in PRESETS:
        text = resources.files(__package__).joinpath("presets", f"{source}.yaml").read_text("utf-8")
        return parse_study(text, f"{source}.yaml")
    path = Path(source)
    if not path.is_file():
        near = difflib.get_close_matches(str(source), PRESETS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are the studies {', '.join(PRESETS)}"
        raise FileNotFoundError(f"there is no study {str(source)!r}; {hint}")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise StudyFileError(f"{path.name} is no text in UTF-8: {error}") from error
    study = parse_study(text, path.name)
    if isinstance(study.source, str):
        study.source = str(path.parent / study.source)
    return study


def run_study(study, out_dir, *, source=None, folders=None, n_jobs=None, verbose=0, **changes):
    r"""Do what a study file says.

    Parameters
    ----------
    study : Study or path-like
        By `read_study`, or what that reads.
    out_dir : path-like
        Folder for the results.
    source : path-like or None, default=None
        Songs, in place of the study's own: a folder of audio, or a table of tracks or features.
    folders : str or None, default=None
        Labels that the names of folders give, as for `load_tracks`.
    n_jobs : int or None, default=None
        Units done at a time, as in joblib.
    verbose : int, default=0
        Above 0, progress bars on a terminal.
    **changes
        Parameters of `compare`, in place of the study's.

    Returns
    -------
    Comparison
        The result, written to `out_dir`.

    Raises
    ------
    ValueError
        If the study has no source, or asks for what the source has not.

    See Also
    --------
    compare : The same with objects.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skvae.experiments import parse_study, run_study
    >>> study = parse_study("{representations: [raw], clusterers: [kmeans], seeds: 1, n_clusters: 2, labels: [genre]}")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = "".join(f"{i},{i % 2 + i / 99},{'rock' if i % 2 else 'jazz'}\n" for i in range(20))
    ...     _ = Path(folder, "songs.csv").write_text("id,rms,genre\n" + rows)
    ...     found = run_study(study, Path(folder, "out"), source=Path(folder, "songs.csv"))
    >>> found.table_.query("metric == 'ami'")["value"].tolist()
    [1.0]
    """
    study = study if isinstance(study, Study) else read_study(study)
    asked = study.model_dump(exclude_unset=True) | {"name": study.name} | changes
    asked.pop("source", None)
    tracks = _load(study.source if source is None else source, folders, Path(out_dir), n_jobs)
    return compare(tracks, **asked, out_dir=out_dir, n_jobs=n_jobs, verbose=verbose)


def _load(source, folders, out_dir, n_jobs):
    if source is None:
        raise ValueError("the study has no source: name a folder of audio, or a table of tracks or features")
    if isinstance(source, Made):
        library, options = out_dir / "songs", source.make_songs.model_dump()
        if not (library / "tracks.csv").is_file():
            return make_songs(out_dir=library, n_jobs=n_jobs, **options)
        tracks = load_tracks(library / "tracks.csv")
        if len(tracks) != options["n_songs"]:
            found, asked = len(tracks), options["n_songs"]
            raise ValueError(f"{library} holds {found} songs, not {asked}: delete it, or write elsewhere")
        return tracks
    if folders is None and is_feature_table(source):
        return load_feature_table(source)
    return load_tracks(source, folders=folders)
