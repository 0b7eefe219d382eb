"""Words to numbers: texts in any language become one dense row each, and a missing text a row of NaN."""

from ._embedder import LyricsEmbedder
from ._vectorizer import LyricsVectorizer

__all__ = ["LyricsEmbedder", "LyricsVectorizer"]
