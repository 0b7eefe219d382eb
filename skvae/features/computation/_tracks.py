"""Features of a track table, with a newly fitted transformer."""

import logging

from sklearn.base import clone

from .._audio_blocks import make_audio_blocks
from .._track_features import make_track_features
from ._audio import extract_audio
from ._modalities import (
    add_missing_lyrics,
    detect_lyrics,
    find_usable_tracks,
    insert_audio,
    make_lyrics_transformer,
    remove_audio_paths,
)
from ._result import MIN_TRACKS, ComputedFeatures, check_enough_tracks

logger = logging.getLogger(__name__)


def compute_features(
    tracks,
    *,
    modality,
    condition,
    audio,
    lyrics,
    timer,
    duration=30.0,
    excerpts=5,
    device="auto",
    offline=False,
    memory=None,
    n_jobs=None,
    verbose=0,
    min_tracks=MIN_TRACKS,
):
    """Compute the features of tracks and fit the transformer.

    Parameters
    ----------
    tracks : DataFrame
        Track table.
    modality : {"both", "audio", "lyrics"}
        Features to compute. "both" falls back to one modality if no track has the other one.
    condition : str, list of str or None
        Condition columns, as in `make_track_features`.
    audio : str, path-like, transformer, list of these, or dict of str to transformer
        Audio features, as in `make_audio_blocks`.
    lyrics : "tfidf", str or transformer
        "tfidf", the name or folder of a sentence-transformers model, or a transformer of texts.
    timer : StageTimer
        Measures and logs the time of each stage.
    duration, excerpts, device, n_jobs
        Parameters of audio features that are given by name.
    offline : bool, default=False
        Whether downloads of models are forbidden.
    memory : str or None, default=None
        Cache folder of the features.
    verbose : int, default=0
        Verbosity level. If greater than 0, progress bars are shown in a terminal.
    min_tracks : int, default=4
        Minimum number of usable tracks.

    Returns
    -------
    ComputedFeatures
        Features of the tracks.

    Raises
    ------
    NothingUsableError
        If fewer than `min_tracks` tracks are usable.
    """
    blocks = make_audio_blocks(
        audio,
        offline=offline,
        device=device,
        duration=duration,
        excerpts=excerpts,
        memory=memory,
        n_jobs=n_jobs,
        on_error="ignore",
        verbose=verbose,
    )
    if modality == "lyrics":
        extracted = extract_audio({}, tracks)
    else:
        with timer("audio") as details:
            fitted = {block: clone(transformer).fit(tracks["audio"]) for block, transformer in blocks.items()}
            extracted = extract_audio(fitted, tracks)
            details.append(f"{(extracted.seconds > 0).sum()} of {len(tracks)} tracks")
    has_audio, has_lyrics, notes = extracted.seconds > 0, detect_lyrics(tracks), []
    if modality == "both" and has_lyrics.any() and not has_audio.any():
        modality, extracted = "lyrics", extracted._replace(features=extracted.features[[]], tags=None)
        notes.append("no track has usable audio: clustering uses lyrics only")
    elif modality == "both" and has_audio.any() and not has_lyrics.any():
        modality = "audio"
        notes.append("no track has lyrics: clustering uses audio only")
    with timer("lyrics") as details:
        details.append(f"{has_lyrics.sum()} of {len(tracks)} tracks")
        usable = find_usable_tracks(has_audio, has_lyrics, modality)
        add_missing_lyrics(extracted.reasons, usable, modality)
        content = {"both": "audio or lyrics"}.get(modality, modality)
        check_enough_tracks(tracks, usable, extracted.reasons, content, min_tracks)
        transformer = make_track_features(
            audio=None if modality == "lyrics" else blocks,
            lyrics=None if modality == "audio" else make_lyrics_transformer(lyrics, memory, verbose, offline),
            condition=condition,
        )
        columns = list(dict.fromkeys(column for _, _, column in transformer.transformers))
        table = transformer.fit_transform(remove_audio_paths(tracks.loc[usable, columns]))
        table = insert_audio(table, extracted, usable)
    for note in notes:
        logger.info(note)
    return ComputedFeatures.from_tracks(tracks, modality, transformer, table, usable, extracted, has_lyrics, notes)
