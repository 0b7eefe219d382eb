"""Feature tables of lyrics in any language: character n-grams, and embeddings of pretrained models."""

from ._embedder import LyricsEmbedder
from ._vectorizer import LyricsVectorizer

__all__ = ["LyricsEmbedder", "LyricsVectorizer"]
