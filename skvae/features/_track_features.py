"""Transformer from a track table to a feature table."""

from sklearn.compose import ColumnTransformer

from ..audio import AudioFeatureExtractor
from ..lyrics import LyricsVectorizer
from ._condition import OneHotCondition


def make_track_features(audio="default", lyrics="tfidf", *, condition=None):
    """Create a transformer from a track table to a feature table.

    Parameters
    ----------
    audio : "default", transformer or None, default="default"
        Transformer of the column ``audio``. "default" is the same as ``AudioFeatureExtractor()``. If None, audio is not
        used.
    lyrics : "tfidf", transformer or None, default="tfidf"
        Transformer of the column ``lyrics``. "tfidf" is the same as ``LyricsVectorizer(random_state=0)``. If None,
        lyrics are not used.
    condition : str, list of str or None, default=None
        Categorical columns of the track table, such as "language". They are one-hot encoded and appended, for use with
        ``VAETransformer(condition="language")``. A missing or unknown value becomes a row of zeros.

    Returns
    -------
    ColumnTransformer
        Transformer that returns a DataFrame with columns ``audio__*``, ``lyrics__*`` and ``<condition>__*``. If a track
        has no audio or no lyrics, all values of this block are NaN.

    Raises
    ------
    ValueError
        If `audio` and `lyrics` are both None.

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
    if isinstance(audio, str) and audio == "default":
        audio = AudioFeatureExtractor()
    if isinstance(lyrics, str) and lyrics == "tfidf":
        lyrics = LyricsVectorizer(random_state=0)
    blocks = [("audio", audio, "audio"), ("lyrics", lyrics, "lyrics")]
    blocks = [block for block in blocks if block[1] is not None]
    if not blocks:
        raise ValueError("audio and lyrics are both None. Set at least one of them.")
    conditions = [condition] if isinstance(condition, str) else condition or []
    blocks += [(column, OneHotCondition(), column) for column in conditions]
    return ColumnTransformer(blocks).set_output(transform="pandas")
