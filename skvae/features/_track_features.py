"""make_track_features: the track table becomes one table of numbers."""

from sklearn.compose import ColumnTransformer

from ..audio import AudioFeatureExtractor
from ..lyrics import LyricsVectorizer
from ._condition import OneHotCondition


def make_track_features(audio="default", lyrics="tfidf", *, condition=None):
    """Make the transformer that turns a track table into blocks of numbers.

    Parameters
    ----------
    audio : "default", transformer or None, default="default"
        What describes the column ``audio``: "default" is `AudioFeatureExtractor()`; None leaves the audio out.
    lyrics : "tfidf", transformer or None, default="tfidf"
        What describes the column ``lyrics``: "tfidf" is ``LyricsVectorizer(random_state=0)``; None leaves
        the lyrics out.
    condition : str, list of str or None, default=None
        Categorical columns of the track table, such as "language", to append one-hot, for
        ``VAETransformer(condition="language")``. A missing value, or one that `fit` did not see, is a row of zeros.

    Returns
    -------
    ColumnTransformer
        Emits a DataFrame whose columns are named ``audio__*``, ``lyrics__*`` and ``<condition>__*``. A song without
        audio, or without lyrics, is a row of NaN in that block.

    Raises
    ------
    ValueError
        If neither audio nor lyrics are asked for.

    See Also
    --------
    skvae.datasets.load_tracks : Makes the track table.
    skvae.VAETransformer : Takes the feature table; ``modalities="auto"`` finds its blocks.

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
        raise ValueError("make_track_features needs audio, lyrics or both; both are None.")
    conditions = [condition] if isinstance(condition, str) else condition or []
    blocks += [(column, OneHotCondition(), column) for column in conditions]
    return ColumnTransformer(blocks).set_output(transform="pandas")
