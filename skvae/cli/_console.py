"""What a command says, and the code that it ends with."""

import sys
import warnings
from contextlib import contextmanager

import typer

BAD_ARGUMENTS, NOTHING_USABLE = 2, 3
SHOWN = 20  # lines of a list; the files have all


def list_reasons(reasons, file, n_reasons=None):
    """Print tracks and what is wrong with them; of `n_reasons`, where there are more than are at hand."""
    reasons = list(reasons)
    n_reasons = n_reasons or len(reasons)
    for track_id, reason in reasons[:SHOWN]:
        print(f"  {track_id}: {reason}", file=file)
    if n_reasons > SHOWN:
        print(f"  and {n_reasons - SHOWN} more", file=file)


@contextmanager
def sentences():
    """Turn what a user can put right into one sentence and an exit code, and warnings into notes."""
    from ..datasets import EmptyLibraryError
    from ..report import NothingUsableError

    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *args, **kwargs: print(f"note: {message}", file=sys.stderr)
            yield
    except NothingUsableError as error:
        print(f"Error: {error}", file=sys.stderr)
        list_reasons(error.failures.items(), sys.stderr)
        raise typer.Exit(NOTHING_USABLE) from None
    except EmptyLibraryError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(NOTHING_USABLE) from None
    except (ValueError, OSError, ImportError) as error:
        print(f"Error: {error}", file=sys.stderr)
        raise typer.Exit(BAD_ARGUMENTS) from None
