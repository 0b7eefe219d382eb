"""Running a study file."""

from pathlib import Path

from ...datasets import is_feature_table, load_feature_table, load_tracks, make_songs
from ..study._files import read_study
from ..study._schema import GeneratedSource, Study
from ._compare import compare


def run_study(
    study, out_dir, *, source=None, folders=None, audio=None, offline=False, n_jobs=None, verbose=0, **changes
):
    r"""Run the comparison described by a study file.

    Parameters
    ----------
    study : Study or path-like
        The study, or a file name for `read_study`.
    out_dir : path-like
        Folder for the results.
    source : path-like or None, default=None
        Music folder, track table or feature table to use instead of the source of the study.
    folders : str or None, default=None
        Columns to read from the names of subfolders, as in `load_tracks`.
    audio : str or None, default=None
        Audio features of a track table, as in `skvae.report.cluster_library`. They replace those of the study. None
        uses those of the study. The default of a study is "descriptors".
    offline : bool, default=False
        Whether downloads of models are forbidden.
    n_jobs : int or None, default=None
        Number of parallel jobs, as in joblib.
    verbose : int, default=0
        If positive, show progress bars on a terminal.
    **changes
        Parameters of `compare` that override those of the study.

    Returns
    -------
    Comparison
        Result, also written to `out_dir`.

    Raises
    ------
    ValueError
        If the study has no source, or a parameter does not fit the source.

    See Also
    --------
    compare : Run a comparison described by Python objects.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skvae.experiments import parse_study, run_study
    >>> study = parse_study("{representations: [raw], clusterers: [kmeans], seeds: 1, n_clusters: 2, labels: [genre]}")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = "".join(f"{i},{i % 2 + i / 99},{'rock' if i % 2 else 'jazz'}\n" for i in range(20))
    ...     _ = Path(folder, "songs.csv").write_text("id,rms,genre\n" + rows)
    ...     comparison = run_study(study, Path(folder, "out"), source=Path(folder, "songs.csv"))
    >>> comparison.table_.query("metric == 'ami'")["value"].tolist()
    [1.0]
    """
    study = study if isinstance(study, Study) else read_study(study)
    options = study.model_dump(exclude_unset=True) | {"name": study.name} | changes
    options.pop("source", None)
    describe = {"audio": audio} if audio is not None else {}
    options["describe"] = options.get("describe", {}) | describe
    tracks = _load_source(study.source if source is None else source, folders, Path(out_dir), n_jobs)
    return compare(tracks, **options, out_dir=out_dir, offline=offline, n_jobs=n_jobs, verbose=verbose)


def _load_source(source, folders, out_dir, n_jobs):
    if source is None:
        raise ValueError("the study has no source. Pass a music folder, a track table or a feature table as source.")
    if isinstance(source, GeneratedSource):
        library, options = out_dir / "songs", source.make_songs.model_dump()
        if not (library / "tracks.csv").is_file():
            return make_songs(out_dir=library, n_jobs=n_jobs, **options)
        tracks = load_tracks(library / "tracks.csv")
        if len(tracks) != options["n_songs"]:
            raise ValueError(
                f"{library} contains {len(tracks)} generated songs, but the study requires {options['n_songs']}. "
                "Delete this folder or use another output folder."
            )
        return tracks
    if folders is None and is_feature_table(source):
        return load_feature_table(source)
    return load_tracks(source, folders=folders)
