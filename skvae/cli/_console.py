"""Console output and exit codes of the command line."""

import logging
import sys
import warnings
from contextlib import contextmanager

import typer

BAD_ARGUMENTS, NOTHING_USABLE = 2, 3
MAX_LINES = 20
"""Maximum number of tracks in a printed list. The written files list all of them."""


def print_reasons(reasons, file=None, n_reasons=None):
    """Print track identifiers with reasons.

    Parameters
    ----------
    reasons : iterable of (str, str)
        Track identifiers and reasons.
    file : file-like or None, default=None
        Output stream. None prints to the standard output.
    n_reasons : int or None, default=None
        Total number of reasons, if `reasons` contains only some of them.
    """
    reasons = list(reasons)
    n_reasons = n_reasons or len(reasons)
    for track_id, reason in reasons[:MAX_LINES]:
        print(f"  {track_id}: {reason}", file=file)
    if n_reasons > MAX_LINES:
        print(f"  and {n_reasons - MAX_LINES} more", file=file)


@contextmanager
def friendly_errors():
    """Print errors that a user can correct as one line and exit with a code. Print warnings as notes."""
    from ..datasets import EmptyLibraryError
    from ..report import NothingUsableError

    try:
        with _stage_lines(), warnings.catch_warnings():
            warnings.showwarning = _print_warning
            yield
    except NothingUsableError as error:
        print(f"Error: {error}", file=sys.stderr)
        print_reasons(error.failures.items(), sys.stderr)
        raise typer.Exit(NOTHING_USABLE) from None
    except EmptyLibraryError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(NOTHING_USABLE) from None
    except (ValueError, OSError, ImportError) as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(BAD_ARGUMENTS) from None


class _StageHandler(logging.Handler):
    """Print log records as lines on the standard error stream. Visible progress bars are redrawn below the lines."""

    def emit(self, record):
        """Print a record."""
        from tqdm import tqdm

        tqdm.write(self.format(record), file=sys.stderr)


@contextmanager
def _stage_lines():
    """Print one line per finished stage."""
    from .._stage_timer import logger

    handler, level = _StageHandler(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _print_warning(message, *args, **kwargs):
    print(f"Note: {message}", file=sys.stderr)
