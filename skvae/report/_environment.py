"""Installed versions, available devices, and missing optional dependencies."""

import gc
import os
import platform
import re
from importlib import metadata

PACKAGE = "skvae"


def versions():
    """Return the versions of Python, skvae and its required dependencies.

    Returns
    -------
    dict of str to str
        Versions by distribution name. The version of a distribution that is not installed is "missing".
    """
    return {"python": platform.python_version(), PACKAGE: metadata.version(PACKAGE)} | {
        name: _installed_version(name) or "missing" for name, extra in _requirements() if not extra
    }


def missing_extras():
    """Return the optional dependencies that are not installed.

    Returns
    -------
    dict of str to list of str
        Missing distributions by extra.
    """
    missing = {}
    for name, extra in _requirements():
        if extra and name != PACKAGE and not _installed_version(name):
            missing.setdefault(extra, []).append(name)
    return missing


def devices():
    """Return the devices that PyTorch can use.

    Returns
    -------
    dict of str to str
        Descriptions by device name. The first device is the one that ``device="auto"`` selects.
    """
    was_enabled = gc.isenabled()
    gc.disable()  # the import creates many objects and no garbage: collections take a sixth of its time
    try:
        import torch
    finally:
        if was_enabled:
            gc.enable()

    found = {f"cuda:{i}": torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())}
    return found | {"cpu": f"{os.cpu_count()} processors, {torch.get_num_threads()} threads"}


def _requirements():
    """Yield the name of each dependency and its extra, which is empty for required dependencies."""
    for line in metadata.requires(PACKAGE) or ():
        name = re.match(r"[\w.-]+", line).group()
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", line)
        yield name, extra.group(1) if extra else ""


def _installed_version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
