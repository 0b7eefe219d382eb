"""Location of installed packages that contain pretrained weights."""

import importlib.util
from pathlib import Path


def find_package(name):
    """Return the folder of an installed package without importing the package. None if it is not installed."""
    spec = importlib.util.find_spec(name)
    # A folder of the same name without code, such as one in the working directory, has no origin.
    return Path(spec.origin).parent if spec is not None and spec.origin else None
