"""Print the wheels in a folder whose packages are not installed: ``python _missing_wheels.py FOLDER``."""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path


def normalize(name):
    """Return the normalized name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(folder):
    """Print one path per line."""
    wheels = sorted(Path(folder).glob("*.whl"))
    if not wheels:
        sys.exit(f"{folder} contains no wheels. Run benchmarks/collect_wheels.sh first.")
    installed = {normalize(distribution.metadata["Name"]) for distribution in distributions()}
    for wheel in wheels:
        if normalize(wheel.name.split("-")[0]) not in installed:
            print(wheel)


if __name__ == "__main__":
    main(sys.argv[1])
