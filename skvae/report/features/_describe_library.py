"""Feature extraction in memory."""

import numpy as np
import pandas as pd

from ..._stage_timer import StageTimer
from ...audio import AudioEmbedder
from ...datasets import FeatureTable
from ...features._blocks import get_feature_blocks, get_feature_names
from ...features.computation._new_tracks import transform_new_tracks
from ...features.computation._tracks import compute_features


def describe_library(
    tracks,
    *,
    modality="both",
    audio="auto",
    lyrics="tfidf",
    duration=30.0,
    excerpts=5,
    like=None,
    offline=False,
    n_jobs=None,
    memory=None,
    verbose=0,
):
    """Compute the feature table of a music library.

    Parameters
    ----------
    tracks : DataFrame
        Track table from `load_tracks`.
    modality : {"both", "audio", "lyrics"}, default="both"
        Features to compute: audio, lyrics, or both.
    audio : str, path-like, transformer, list of these, or dict, default="auto"
        Audio features: "descriptors", or the name or the folder of a pretrained model, as in `AudioEmbedder`. Several
        names can be joined by commas. Each becomes a block of the table, as in `make_track_features`. "auto" uses the
        descriptors, and musicnn if it is installed.
    lyrics : "tfidf", str or transformer, default="tfidf"
        Lyrics features, as in `cluster_library`.
    duration : float or None, default=30.0
        Number of seconds of each recording to analyze. None analyzes the whole recording.
    excerpts : int or None, default=5
        Number of excerpts over which `duration` is spread. None analyzes the beginning of the recording. Ignored if
        `duration` is None.
    like : ColumnTransformer or None, default=None
        Fitted transformer of other tracks. The features are computed with its settings, so that they can be compared
        with the features of those tracks. `modality`, `audio`, `lyrics`, `duration` and `excerpts` are then ignored.
    offline : bool, default=False
        Whether downloads are forbidden. Models that are not on this machine then raise an error.
    n_jobs : int or None, default=None
        Number of parallel jobs for audio features. None means 1. -1 uses all processors.
    memory : str or None, default=None
        Cache folder for audio and lyrics features. None disables the cache.
    verbose : int, default=0
        Verbosity level. Progress bars are shown if it is greater than 0.

    Returns
    -------
    table : FeatureTable
        One row per track. Features that cannot be computed are NaN. The track table has the additional columns
        ``seconds`` (analyzed audio) and ``reason`` (why features are missing), and ``tags`` (the five most probable
        tags, joined by "|") if an audio model predicts tags.
    transformer : ColumnTransformer
        Fitted transformer that computed the features.

    Raises
    ------
    NothingUsableError
        If no track can be used and `like` is None.

    See Also
    --------
    describe_to_disk : Compute the features of a large library in parts.
    write_features : Write the table to a file.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.report import describe_library
    >>> tracks = pd.DataFrame({"track_id": list("abc"), "audio": None, "lyrics": ["rain", None, "sun"]})
    >>> table, _ = describe_library(tracks, modality="lyrics")
    >>> table.features.shape, table.tracks["reason"].tolist()
    ((3, 2), ['', 'no lyrics', ''])
    """
    if like is None:
        found = compute_features(
            tracks,
            modality=modality,
            condition=None,
            audio=audio,
            lyrics=lyrics,
            timer=StageTimer(),
            duration=duration,
            excerpts=excerpts,
            offline=offline,
            memory=memory,
            n_jobs=n_jobs,
            verbose=verbose,
            min_tracks=1,
        )
    else:
        set_step_params(like, offline=offline, n_jobs=n_jobs, memory=memory, verbose=verbose)
        found = transform_new_tracks(like, tracks)
    blocks = get_feature_blocks(found.transformer)
    features = np.full((len(tracks), len(get_feature_names(found.transformer))), np.nan, dtype=np.float32)
    if found.usable.any():
        features[found.usable] = found.features
    features = pd.DataFrame(features, tracks.index, get_feature_names(found.transformer))
    described = tracks.drop(columns="lyrics").assign(seconds=np.round(found.seconds, 2), reason=found.reasons)
    if found.tags is not None:
        described["tags"] = found.tags
    return FeatureTable(described, features, blocks, {}, found.about), found.transformer


def set_step_params(transformer, *, offline, **params):
    """Set parameters such as `n_jobs` on all steps of a loaded ColumnTransformer that have them."""
    params |= {"on_error": "ignore", "local_files_only": offline}
    for step in transformer.named_transformers_.values():
        if hasattr(step, "get_params"):
            step.set_params(**{name: value for name, value in params.items() if name in step.get_params(deep=False)})
        if isinstance(step, AudioEmbedder):
            step.set_params(device="auto")  # the device of the run may not exist on this machine
