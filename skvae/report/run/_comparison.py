"""Scores of a run, of simple baselines and of the chance level."""

from ...cluster._subsample import fit_on_subsample
from ..output._metrics_table import metrics_table
from ._clusterers import CLUSTERERS, SAMPLE_PAIRS, TITLES


def compare_with_baselines(fit, model, clusterer, scaled, pca, tracks, *, has_lyrics, condition, random_state):
    """Compute the scores of the run, of the scaled features, and of their principal components.

    Parameters
    ----------
    fit : ClusterFit
        Results of the run.
    model : {"vae", "vade", "pca"}
        Model of the run.
    clusterer : str
        Key of `CLUSTERERS`, used for the baselines with the number of clusters of the run.
    scaled : ndarray of shape (n_samples, n_features)
        Scaled and imputed features. Internal scores of all methods are computed on them.
    pca : PCA
        Unfitted PCA.
    tracks : DataFrame with n_samples rows
        Track table of the clustered tracks.
    has_lyrics : ndarray of bool of shape (n_samples,)
        Whether each track has lyrics.
    condition : tuple of str
        Columns that the model used as input. Scores against them are marked as leaked.
    random_state : int
        Random seed.

    Returns
    -------
    DataFrame
        Table from `metrics_table`.
    """
    title = TITLES.get(clusterer, clusterer)
    methods = []
    for name, X in (("raw", scaled), ("PCA", pca.fit_transform(scaled))):
        baseline = CLUSTERERS[clusterer](fit.n_clusters, random_state)
        labels, _ = fit_on_subsample(baseline, X, sample_size=SAMPLE_PAIRS, random_state=random_state)
        methods.append((f"{name} + {title}", labels, ()))
    if model != "pca":  # the baseline "PCA" is the run itself
        methods.append(("VaDE" if model == "vade" else f"VAE + {title}", fit.labels, condition))
    return metrics_table(
        methods,
        scaled,
        genre=tracks.get("genre"),
        language=tracks.get("language"),
        has_lyrics=has_lyrics,
        random_state=random_state,
    )
