"""Show what is installed."""

from typing import Annotated

import typer

from ._console import sentences


def info(
    check: Annotated[bool, typer.Option("--check", help="Also cluster a few made sounds: ten seconds.")] = False,
):
    """Show versions, devices, and optional parts that are missing."""
    from ..report import devices, missing_extras, self_check, versions

    for name, version in versions().items():
        print(f"{name:22} {version}")
    print("\ndevices, the first is what --device auto takes")
    for name, description in devices().items():
        print(f"{name:22} {description}")
    missing = missing_extras()
    print("\noptional parts that are missing" if missing else "\nno optional part is missing")
    for extra, names in missing.items():
        print(f"{extra:22} {', '.join(names)}: pip install 'skvae[{extra}]'")
    if check:
        with sentences():
            print(f"\ncheck passed in {self_check():.0f} s: sounds described, a model trained, results written")
