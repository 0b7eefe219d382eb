"""What a run ran on: versions, devices, and the optional parts that are missing."""

import os
import platform
import re
from importlib import metadata

PACKAGE = "skvae"


def versions():
    """Collect the versions of Python, skvae and what it always needs.

    Returns
    -------
    dict of str to str
        Version by distribution name, or "missing".
    """
    return {"python": platform.python_version(), PACKAGE: metadata.version(PACKAGE)} | {
        name: _installed(name) or "missing" for name, extra in _requirements() if not extra
    }


def missing_extras():
    """Find the optional parts that are not installed, as the package's own metadata lists them.

    Returns
    -------
    dict of str to list of str
        By extra, the distributions that ``pip install "skvae[extra]"`` would bring; only extras that lack one.
    """
    missing = {}
    for name, extra in _requirements():
        if extra and name != PACKAGE and not _installed(name):
            missing.setdefault(extra, []).append(name)
    return missing


def devices():
    """List what torch can train on here.

    Returns
    -------
    dict of str to str
        Description by torch's name of the device; the first is what ``device="auto"`` takes.
    """
    import torch

    found = {f"cuda:{i}": torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())}
    return found | {"cpu": f"{os.cpu_count()} processors, {torch.get_num_threads()} threads"}


def _requirements():
    """(distribution, extra or "") of everything that the package asks for."""
    for line in metadata.requires(PACKAGE) or ():
        name = re.match(r"[\w.-]+", line).group()
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", line)
        yield name, extra.group(1) if extra else ""


def _installed(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
