"""Audio paths relative to an output folder."""

from pathlib import Path

from ..._paths import relative_path


def relative_paths(paths, folder):
    """Return audio paths relative to a folder. URLs are unchanged, and missing paths are None."""
    folder = Path(folder).resolve()
    return [relative_path(path, folder) for path in paths]
