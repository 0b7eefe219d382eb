"""Models to files and back, without pickle: a file that runs nothing, is checked as a whole, and outlives upgrades."""

from ._archive import ModelFileError
from ._file import load, save

__all__ = ["ModelFileError", "load", "save"]
