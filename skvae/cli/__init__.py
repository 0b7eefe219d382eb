"""Command line interface: one file per command, which parses the arguments, calls a function and prints the result."""

from typing import Annotated

import typer

from .. import __version__
from ._cluster import cluster
from ._compare import compare
from ._demo import demo
from ._features import features
from ._info import info
from ._predict import predict

# Commands import what they need when they are called, so that --help is fast.
main = typer.Typer(
    help="Cluster a music library with audio and lyrics in any language.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)


def _print_version(requested):
    if requested:
        print(f"skvae {__version__}")
        raise typer.Exit


@main.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version.")
    ] = False,
):
    pass


for command in (cluster, features, predict, compare, demo, info):
    main.command()(command)
