"""Decoding in a process of its own, which may hang, crash and complain without harm.

Decoders are written in C: one that never returns cannot be interrupted from a thread, one that crashes takes its
process along, and what one writes about damaged files goes to file descriptor 2, which all threads share. So files are
decoded by helpers, one to each thread that asks: a helper imports the decoders alone, in a tenth of a second, stays for
the next file, writes nowhere, and ends itself when the time of a file is up, or when its parent has gone.

Paths are opened by the helper. URLs and file objects stay with the parent, where their credentials and memory are, and
are read as the helper asks. That cannot be interrupted: when it comes back too late, the helper is gone. Nor can a
helper end while the kernel holds it, as over a disk that does not answer and is mounted so that reads wait for ever.
"""

import atexit
import contextlib
import faulthandler
import io
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import replace
from multiprocessing.spawn import get_executable

from ..._paths import is_url
from . import _decode
from ._files import AudioError, FileObject, opened
from ._segment import AudioSegment

_READY = b"+"

_AT_ONCE = 1 << 16
"""Bytes that a helper asks its parent for: decoders read much less at a time, and each question costs."""

_idle = defaultdict(list)
"""Helpers without work, by the process that they belong to: one that was forked has to start its own."""


def apart(function, source, *, timeout, **settings):
    """Call a function of a recording in a helper.

    Parameters
    ----------
    function : callable
        Of a module, with the recording as first argument. What it returns or raises is pickled.
    source : str, FileObject, tuple of (ndarray, float) or AudioSegment
        The recording. Samples need no decoder: the function is called in this process.
    timeout : float or None
        Seconds that it may take; None calls it in this process, without a limit.
    **settings
        Keyword arguments of the function.

    Returns
    -------
    result : object
        What the function returns.

    Raises
    ------
    AudioError
        If the function does, takes too long, or ends the process.
    """
    audio = getattr(source, "audio", source)
    if timeout is None or isinstance(audio, tuple):
        return function(source, **settings)
    with contextlib.ExitStack() as stack:
        if isinstance(audio, str) and not is_url(audio):
            file, audio = None, os.path.abspath(audio)  # its working directory is that of its start
        else:
            file, audio = stack.enter_context(opened(audio)), None
        source = replace(source, audio=audio) if isinstance(source, AudioSegment) else audio
        return stack.enter_context(_helper()).call(file, timeout, function, source, settings)


def load(source, *, timeout, **settings):
    """Decode a recording, as ``_decode.load``, within `timeout` seconds and in a helper unless that is None."""
    return apart(_decode.load, source, timeout=timeout, **settings)


class _Helper:
    """The parent's end."""

    def __init__(self):
        start = f"import sys; sys.path[:] = {sys.path!r}; from skvae.audio.decoding._subprocess import _serve; _serve()"
        self._process = subprocess.Popen([get_executable(), "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not self._process.stdout.read(len(_READY)):
            self.end()
            raise RuntimeError("no process for decoding could be started: timeout=None decodes without one")
        self.free = True

    def is_alive(self):
        return self._process.poll() is None

    def end(self):
        self._process.kill()
        self._process.communicate()

    def call(self, file, timeout, *task):
        """Have a function called, and read from `file` for it; see `apart`."""
        self.free, start = False, time.monotonic()
        try:
            self._send((timeout, *task))
            while True:
                name, value = pickle.load(self._process.stdout)
                if name in ("returned", "raised"):
                    break
                self._send(getattr(file, name)(*value))
        except (EOFError, pickle.UnpicklingError, BrokenPipeError) as error:
            late = time.monotonic() - start >= timeout
            self._process.wait()
            reason = f"not decoded within timeout={timeout:g} s" if late else _death(self._process.returncode)
            raise AudioError(reason) from error
        self.free = True
        if name == "raised":
            raise value
        return value

    def _send(self, message):
        pickle.dump(message, self._process.stdin)
        self._process.stdin.flush()


@contextlib.contextmanager
def _helper():
    """Yield a helper that is alive and not at work; it stays for the next call unless it is left in the middle."""
    idle = _idle[os.getpid()]
    helper = None
    while helper is None:
        try:
            helper = idle.pop()
        except IndexError:
            helper = _Helper()
        if not helper.is_alive():
            helper.end()
            helper = None
    try:
        yield helper
    finally:
        if helper.free:
            idle.append(helper)
        else:
            helper.end()


@atexit.register
def _end_all():
    for helper in _idle.pop(os.getpid(), ()):
        helper.end()


def _death(status):
    """Say how a process ended."""
    if status >= 0:
        return f"the decoder ended its process with status {status}"
    return f"the decoder crashed or was stopped: {signal.strsignal(-status) or -status}"


class _Served(io.RawIOBase):
    """The helper's end of a file that its parent reads."""

    def __init__(self, ask):
        super().__init__()
        self._ask = ask

    def readinto(self, buffer):
        content = self._ask("read", len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset, whence=os.SEEK_SET):
        return self._ask("seek", offset, whence)

    def readable(self):
        return True

    def seekable(self):
        return True


def _serve():
    """Do what the parent asks for until it is gone: a helper's whole life."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent

    answers.write(_READY)
    answers.flush()

    def answer(name, value):
        pickle.dump((name, value), answers, protocol=5)
        answers.flush()

    def ask(name, *arguments):
        answer(name, arguments)
        return pickle.load(questions)

    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            timeout, function, source, settings = pickle.load(questions)
            # A thread of C that needs nothing of Python, and is not held up by what the decoder does.
            faulthandler.dump_traceback_later(timeout, exit=True, file=nowhere)
            try:
                name, value = "returned", function(_completed(source, ask), **settings)
            except Exception as error:
                name, value = "raised", error
            faulthandler.cancel_dump_traceback_later()
            answer(name, value)


def _completed(source, ask):
    """Put the file that the parent reads where the source has none."""
    if getattr(source, "audio", source) is not None:
        return source
    served = FileObject(io.BufferedReader(_Served(ask), _AT_ONCE))
    return served if source is None else replace(source, audio=served)
