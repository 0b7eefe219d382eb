"""Command ``skvae info``."""

from typing import Annotated

import typer

from ._console import friendly_errors


def info(
    check: Annotated[
        bool, typer.Option("--check", help="Also cluster a few generated sounds, which takes 10 to 20 seconds.")
    ] = False,
):
    """Show versions, devices, missing optional dependencies, and pretrained audio models."""
    from ..audio import PRETRAINED_MODELS
    from ..report._environment import devices, missing_extras, versions

    for name, version in versions().items():
        print(f"{name:22} {version}")
    print("\ndevices (--device auto uses the first)")
    for name, description in devices().items():
        print(f"{name:22} {description}")
    missing = missing_extras()
    print("\nmissing optional dependencies" if missing else "\nall optional dependencies are installed")
    for extra, names in missing.items():
        print(f"{extra:22} pip install {' '.join(names)}")
    print("\npretrained audio models (--audio-model, AudioEmbedder)")
    for model in PRETRAINED_MODELS.values():
        print(f"{model.name:22} {'ready' if model.is_installed() else model.install}")
    if check:
        with friendly_errors():
            from ..report import self_check

            print(f"\ncheck passed in {self_check():.0f} s: features computed, model trained, results written")
