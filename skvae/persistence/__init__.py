"""Saving and loading of models without pickle."""

from ._archive import ModelFileError
from ._load import load
from ._save import save

__all__ = ["ModelFileError", "load", "save"]
