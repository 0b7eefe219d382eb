"""AudioError and the translation of file errors into it."""

import contextlib


class AudioError(ValueError):
    """Error for a recording whose features cannot be computed. The message is the reason."""


@contextlib.contextmanager
def as_audio_error():
    """Raise errors of opening or reading a file as `AudioError` with a short reason."""
    try:
        yield
    except AudioError:
        raise
    except FileNotFoundError as error:
        raise AudioError("file not found") from error
    except ImportError as error:  # fsspec names the missing package: "Install s3fs to access S3"
        raise AudioError(f"cannot be reached: {error}") from error
    except Exception as error:  # each file system of fsspec raises different errors
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise AudioError(f"cannot be read: {reason}") from error
