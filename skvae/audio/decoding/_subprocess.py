"""Decoding in a subprocess with a time limit, so that a crash or hang of a decoder does not affect the caller.

Decoders are C libraries. A thread cannot interrupt a decoder that hangs, and a crash of a decoder ends its process.
Decoders write messages about damaged files to file descriptor 2, which all threads share. Files are therefore decoded
by helper processes, one per calling thread. A helper imports only the decoders, which takes a tenth of a second. It is
reused for the next file and discards all output. It ends when the time limit of a file is exceeded or when its parent
has ended.

Helpers open local paths themselves. The parent process has the credentials of URLs and the memory of file objects. It
reads them at the request of the helper. Such a read cannot be interrupted. If it takes too long, the helper has already
ended when the read returns. A helper also cannot end while it waits inside the kernel, for example for a network disk
that does not respond.
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
from ._errors import AudioError
from ._files import FileObject, open_source
from ._segment import AudioSegment

_READY = b"+"

_BUFFER_SIZE = 1 << 16
"""Bytes that a helper requests from its parent at once. Decoders read much less at a time, and requests are slow."""

_idle = defaultdict(list)
"""Idle helpers by the process that started them. A forked process has to start its own helpers."""


def call_in_subprocess(function, source, *, timeout, **settings):
    """Call a function of a recording in a helper process.

    Parameters
    ----------
    function : callable
        Function of a module. The first argument is the recording. The result or the exception is pickled.
    source : str, FileObject, tuple of (ndarray, float) or AudioSegment
        Recording. Samples need no decoder: the function is called in this process.
    timeout : float or None
        Maximum number of seconds. None calls the function in this process, without a time limit.
    **settings : dict
        Keyword arguments of the function.

    Returns
    -------
    result : object
        Return value of the function.

    Raises
    ------
    AudioError
        If the function raises it, exceeds the time limit, or ends the process.
    """
    audio = getattr(source, "audio", source)
    if timeout is None or isinstance(audio, tuple):
        return function(source, **settings)
    with contextlib.ExitStack() as stack:
        if isinstance(audio, str) and not is_url(audio):
            # The working directory of the helper can differ from the current one.
            file, audio = None, os.path.abspath(audio)
        else:
            file, audio = stack.enter_context(open_source(audio)), None
        source = replace(source, audio=audio) if isinstance(source, AudioSegment) else audio
        return stack.enter_context(_acquire_helper()).call(file, timeout, function, source, settings)


def decode_in_subprocess(source, *, timeout, **settings):
    """Decode a recording like `_decode.decode`, in a helper process unless `timeout` is None."""
    return call_in_subprocess(_decode.decode, source, timeout=timeout, **settings)


class _Helper:
    """Interface of the parent process to a helper process."""

    def __init__(self):
        start = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import _serve; _serve()"
        self._process = subprocess.Popen([get_executable(), "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not self._process.stdout.read(len(_READY)):
            self.end()
            raise RuntimeError("The process for decoding could not be started. Use timeout=None to decode without it.")
        self.is_idle = True

    def is_alive(self):
        return self._process.poll() is None

    def end(self):
        self._process.kill()
        self._process.communicate()

    def call(self, file, timeout, *task):
        """Call a function in the helper, and read from `file` on its request; see `call_in_subprocess`."""
        self.is_idle, start = False, time.monotonic()
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
            status = self._process.returncode
            reason = f"not decoded within timeout={timeout:g} s" if late else _describe_exit(status)
            raise AudioError(reason) from error
        self.is_idle = True
        if name == "raised":
            raise value
        return value

    def _send(self, message):
        pickle.dump(message, self._process.stdin)
        self._process.stdin.flush()


@contextlib.contextmanager
def _acquire_helper():
    """Yield an idle helper. Afterwards it is kept for the next call, unless the call was interrupted."""
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
        if helper.is_idle:
            idle.append(helper)
        else:
            helper.end()


@atexit.register
def _end_helpers():
    for helper in _idle.pop(os.getpid(), ()):
        helper.end()


def _describe_exit(status):
    """Return the reason for which a process ended."""
    if status >= 0:
        return f"the decoder ended its process with status {status}"
    return f"the decoder crashed or was stopped: {signal.strsignal(-status) or -status}"


class _RemoteFile(io.RawIOBase):
    """File in the helper process that the parent process reads."""

    def __init__(self, request):
        super().__init__()
        self._request = request

    def readinto(self, buffer):
        content = self._request("read", len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset, whence=os.SEEK_SET):
        return self._request("seek", offset, whence)

    def readable(self):
        return True

    def seekable(self):
        return True


def _serve():
    """Run the main loop of a helper process: execute calls until the parent process ends."""
    requests, responses = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for standard_stream in range(3):
        os.dup2(null, standard_stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent process

    responses.write(_READY)
    responses.flush()

    def respond(name, value):
        pickle.dump((name, value), responses, protocol=5)
        responses.flush()

    def request(name, *arguments):
        respond(name, arguments)
        return pickle.load(requests)

    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            timeout, function, source, settings = pickle.load(requests)
            # faulthandler uses a C thread without the Python interpreter, which a decoder cannot block.
            faulthandler.dump_traceback_later(timeout, exit=True, file=null)
            try:
                name, value = "returned", function(_with_remote_file(source, request), **settings)
            except Exception as error:
                name, value = "raised", error
            faulthandler.cancel_dump_traceback_later()
            respond(name, value)


def _with_remote_file(source, request):
    """Insert a file that the parent process reads into a source without audio."""
    if getattr(source, "audio", source) is not None:
        return source
    file = FileObject(io.BufferedReader(_RemoteFile(request), _BUFFER_SIZE))
    return file if source is None else replace(source, audio=file)
