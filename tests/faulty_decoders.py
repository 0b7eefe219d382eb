"""Decoder that hangs, crashes or writes messages, depending on the file name. Call it in a subprocess."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from skvae.audio.decoding import _decode

_original_decode = _decode.decode  # tests replace `_decode.decode`


def decode(source, **settings):
    """Decode a file, or fail in the way that its name selects."""
    path = getattr(source, "audio", source)
    name = Path(path).stem if isinstance(path, str) else ""
    if name in FAULTS:
        FAULTS[name]()
    return _original_decode(source, **settings)


def _hang():
    ctypes.PyDLL(None).sleep(1000)  # in C, while no other Python thread runs


def _ignore_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)


def _write_messages():
    for _ in range(1000):
        os.write(2, b"Note: Illegal Audio-MPEG-Header\n")
        os.write(1, b"Note: Trying to resync\n")
        print("Note", flush=True)  # noqa: T201
        print("Note", file=sys.stderr, flush=True)  # noqa: T201


FAULTS = {
    "hangs": _hang,
    "ignores signals": _ignore_signals,
    "crashes": lambda: ctypes.string_at(0),
    "aborts": os.abort,
    "is killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exits": lambda: os._exit(3),
    "writes messages": _write_messages,
}


class Deadly(str):
    """Path that terminates the process in which it is unpickled."""

    def __reduce__(self):
        return os._exit, (3,)
