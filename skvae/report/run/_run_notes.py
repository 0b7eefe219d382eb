"""Notes for the interpretation of the scores of a run."""

from ...features._audio_blocks import DESCRIPTORS
from ..model._neighbors import SAMPLE_NEIGHBORS
from ..output._metrics_table import SAMPLE_SILHOUETTE
from ..output._playlists import is_playable
from ._clusterers import CLUSTERERS, SAMPLE_PAIRS
from ._n_clusters import SAMPLE_N_CLUSTERS

SAMPLE_MAP = 10_000
"""Maximum number of tracks on the map. A subsample is used for larger libraries."""

FEW_TRACKS = 50
"""Number of tracks below which a note recommends the baselines."""

MIN_AMI = 0.2
"""Minimum AMI with language, or with the presence of lyrics, that is mentioned in a note."""

CRITERIA = {"bic": "BIC", "icl": "ICL", "gap": "gap statistic"}


def list_ignored_options(options):
    """Return notes on options of feature computation, which have no effect on a feature table.

    Parameters
    ----------
    options : dict
        Value and default of each option, by name.

    Returns
    -------
    list of str
        One note, or none if all options have their defaults.
    """
    names = [name for name, (value, default) in options.items() if value is not default and value != default]
    verb = "is" if len(names) == 1 else "are"
    return [f"{' and '.join(names)} {verb} ignored, because the source is a feature table"] if names else []


def list_automatic_models(audio, resolved):
    """Return a note if "auto" has selected a pretrained model, or no note."""
    if resolved in (audio, DESCRIPTORS):
        return []
    used = resolved.replace(",", " and ")
    return [f"audio features: {used} (the default if it is installed; --audio-model descriptors omits it)"]


def collect_notes(description, tracks, metrics, clusterer, *, condition, selection, history):
    """Return notes on the scores, on properties that the clusters reflect, and on steps that used a sample.

    Parameters
    ----------
    description : ComputedFeatures
        Features of the library.
    tracks : DataFrame
        Track table of the clustered tracks.
    metrics : DataFrame
        Table from `metrics_table`. The second to last row contains the scores of the model.
    clusterer : str
        Key of `CLUSTERERS`.
    condition : tuple of str
        Columns that the model used as input.
    selection : NClusters or None
        Result of the automatic choice of the number of clusters.
    history : list of dict
        Training history. Empty if no network was trained.

    Returns
    -------
    list of str
        Notes without a final period.
    """
    n, model = len(description.table), metrics.iloc[-2]
    width = description.features.shape[1]
    notes = [
        f"silhouette, Calinski-Harabasz and Davies-Bouldin of all methods are computed on the {width} scaled features"
    ]
    if description.modality == "both":
        n_lyrics = int(description.has_lyrics[description.usable].sum())
        notes.append(f"{n_lyrics} of {n} clustered tracks {'has' if n_lyrics == 1 else 'have'} lyrics")
    for column in ("genre", "language"):
        n_known = int(tracks[column].notna().sum()) if column in tracks else 0
        note = f"{column} is known for {n_known} of {n} clustered tracks"
        if n_known and tracks[column].nunique() < 2:
            note += "; scores require at least two different values"
        elif 0 < n_known < n:
            note += f"; scores against {column} use only these tracks"
        notes.append(note)
    unknown = {column: int(tracks[column].isna().sum()) for column in condition}
    notes += [
        f"{n_unknown} clustered tracks have no {column}: the model uses the mean over all values of {column} for them"
        for column, n_unknown in unknown.items()
        if n_unknown
    ]
    if selection is not None:
        notes.append(_selection_note(selection))
    if history and n < FEW_TRACKS:
        notes.append(
            f"{n} tracks are too few to train a network; check the rows of raw features and PCA in metrics.csv first"
        )
    if not any(map(is_playable, tracks["audio"])):
        notes.append("no playlists are written, because no clustered track has an audio file")
    if _reflects(model, "ami_language"):
        ami = f"AMI {model['ami_language']:.2f}"
        notes.append(
            f"the clusters reflect the language ({ami}); the condition language removes it from the latent space "
            "(--condition language)"
        )
    if _reflects(model, "ami_lyrics"):
        notes.append(f"the clusters reflect which tracks have lyrics (AMI {model['ami_lyrics']:.2f})")
    if (metrics["leaked"] != "").any():
        notes.append("leaked scores compare the clusters with an input of the model and do not measure their quality")
    samples = {
        "the map": SAMPLE_MAP,
        "the silhouette": SAMPLE_SILHOUETTE,
        "the search for nearest tracks": SAMPLE_NEIGHBORS,
    }
    if selection is not None:
        samples["the choice of the number of clusters"] = SAMPLE_N_CLUSTERS
    if not hasattr(CLUSTERERS[clusterer](2, 0), "predict"):
        samples[f"{clusterer} clustering"] = SAMPLE_PAIRS
    return notes + [
        f"{step} uses a random sample of {size} of the {n} tracks" for step, size in samples.items() if n > size
    ]


def _reflects(model, metric):
    return model[metric] >= MIN_AMI and metric not in model["leaked"]


def _selection_note(selection):
    """Describe which criteria support the selected number of clusters, and which other numbers all of them allow."""
    ranges = {
        CRITERIA.get(name, name): (low, high) for name, low, high in selection.choices[["low", "high"]].itertuples()
    }
    votes = sum(low <= selection.n_clusters <= high for low, high in ranges.values())
    listed = ", ".join(f"{name} {_format_range(*limits)}" for name, limits in ranges.items())
    support = f"{votes} of {len(ranges)} criteria ({listed}; see n_clusters.csv)"
    note = f"{selection.n_clusters} clusters are supported by {support}"
    if selection.agree and selection.low < selection.high:
        note += f"; all criteria allow {_format_range(selection.low, selection.high)}"
    return note


def _format_range(low, high):
    return str(low) if low == high else f"{low} to {high}"
