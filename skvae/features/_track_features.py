"""Transformer from a track table to a feature table."""

from sklearn.compose import ColumnTransformer

from ..lyrics import LyricsVectorizer
from ._audio_blocks import make_audio_blocks
from ._condition import OneHotCondition


def make_track_features(audio="descriptors", lyrics="tfidf", *, condition=None):
    """Create a transformer from a track table to a feature table.

    Parameters
    ----------
    audio : str, path-like, transformer, list of these, dict or None, default="descriptors"
        Features of the column ``audio``. Each becomes a block of columns:

        - "descriptors": the same as ``AudioFeatureExtractor()``, block "audio".
        - Name or folder of a pretrained model, as in `AudioEmbedder`. The block has the name of the model. Several
          names can be joined by commas, such as ``"descriptors,musicnn"``.
        - "auto": descriptors, and musicnn if it is installed.
        - Transformer, such as ``AudioEmbedder("musicnn", excerpts=5)``: block "audio". In a list of several
          transformers, the block of a model has the name of the model.
        - Dict of block names and transformers.

        If None, audio is not used.
    lyrics : "tfidf", transformer or None, default="tfidf"
        Transformer of the column ``lyrics``. "tfidf" is the same as ``LyricsVectorizer(random_state=0)``. If None,
        lyrics are not used.
    condition : str, list of str or None, default=None
        Categorical columns of the track table, such as "language". They are one-hot encoded and appended, for use with
        ``VAETransformer(condition="language")``. A missing or unknown value becomes a row of zeros.

    Returns
    -------
    ColumnTransformer
        Transformer that returns a DataFrame with columns ``<block>__*``, such as ``audio__*``, ``musicnn__*`` and
        ``lyrics__*``, and ``<condition>__*``. If a track has no audio or no lyrics, all values of this block are NaN.

    Raises
    ------
    OSError
        If the package of a model is not installed.
    ValueError
        If `audio` and `lyrics` are both None, or a name is unknown.

    See Also
    --------
    skvae.datasets.load_tracks : Load a track table.
    skvae.VAETransformer : Compute a latent representation of a feature table. ``modalities="auto"`` uses its blocks.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae import make_track_features
    >>> tracks = pd.DataFrame({"lyrics": ["la la land", "da da doo", None], "language": ["en", "en", "es"]})
    >>> make_track_features(audio=None, condition="language").fit_transform(tracks).columns.tolist()
    ['lyrics__svd00', 'lyrics__svd01', 'language__en', 'language__es']
    """
    if isinstance(lyrics, str) and lyrics == "tfidf":
        lyrics = LyricsVectorizer(random_state=0)
    blocks = [] if audio is None else [(name, step, "audio") for name, step in make_audio_blocks(audio).items()]
    blocks += [] if lyrics is None else [("lyrics", lyrics, "lyrics")]
    if not blocks:
        raise ValueError("audio and lyrics are both None. Set at least one of them.")
    conditions = [condition] if isinstance(condition, str) else condition or []
    blocks += [(column, OneHotCondition(), column) for column in conditions]
    return ColumnTransformer(blocks).set_output(transform="pandas")
