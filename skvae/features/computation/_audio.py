"""Audio features of a track table: one block per transformer, in one table."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .._blocks import join_reasons
from ._modalities import make_empty_reasons
from ._tags import find_top_tags


class ExtractedAudio(NamedTuple):
    """Audio features of tracks.

    Attributes
    ----------
    features : DataFrame with n_tracks rows
        Columns ``<block>__*``. A block that cannot be computed is NaN.
    seconds : ndarray of float of shape (n_tracks,)
        Duration of the analyzed audio in seconds. 0 if no block could be computed. NaN if there are no blocks.
    reasons : ndarray of str of shape (n_tracks,)
        Problem with each recording. Empty if there is no problem.
    tags : ndarray of str of shape (n_tracks,) or None
        Most probable tags of each track, joined by "|". None if no transformer predicts tags.
    """

    features: pd.DataFrame
    seconds: np.ndarray
    reasons: np.ndarray
    tags: np.ndarray | None


def extract_audio(blocks, tracks):
    """Compute the audio features of all tracks.

    Parameters
    ----------
    blocks : dict of str to AudioFeatureExtractor or AudioEmbedder
        Fitted transformers by block. If it is empty, no audio is read.
    tracks : DataFrame with n_tracks rows
        Track table with the column ``audio``.

    Returns
    -------
    ExtractedAudio
        Features, seconds, reasons and tags.
    """
    tables, seconds, tags = [pd.DataFrame(index=range(len(tracks)))], np.full(len(tracks), np.nan), None
    problems = [{} for _ in range(len(tracks))]
    for block, transformer in blocks.items():
        if getattr(transformer, "tags_", ()):
            extraction, probabilities = transformer.extract_with_tags(tracks["audio"])
            tags = find_top_tags(probabilities) if tags is None else tags
        else:
            extraction = transformer.extract(tracks["audio"])
        tables.append(extraction.table.add_prefix(f"{block}__").reset_index(drop=True))
        seconds = np.fmax(seconds, extraction.seconds.to_numpy(dtype=float))
        for failure in extraction.failures.itertuples():
            problems[failure.row][block] = failure.reason
    reasons = make_empty_reasons(tracks)
    reasons[:] = [_join_problems(problem, n_blocks=len(blocks)) for problem in problems]
    return ExtractedAudio(pd.concat(tables, axis=1), seconds, reasons, tags)


def _join_problems(problem, n_blocks):
    """Return the reasons with the names of their blocks. A reason that all blocks share is listed once."""
    if len(problem) == n_blocks and len(set(problem.values())) == 1:
        return f"audio: {next(iter(problem.values()))}"
    return join_reasons(*(f"{block}: {reason}" for block, reason in problem.items()))
