# SPDX-License-Identifier: Apache-2.0
"""A command that runs, with the manners of subprocess.Popen."""
from __future__ import annotations

import asyncio
import ctypes
import io
import os
import select
import signal as signals
import subprocess
import time
import warnings
from typing import IO, TYPE_CHECKING, Any, Callable, Generator, List, Optional, Tuple, Union

from . import _errors, _library, _pump, _records

if TYPE_CHECKING:
    from ._session import Session

_TURN = 0.1  # seconds between looks at what nothing tells of


class CompletedProcess(subprocess.CompletedProcess):  # type: ignore[type-arg]
    """What run() returns. Beyond that of subprocess: command_id; records, what was refused to the
    command; failure, why srt failed (then returncode is not the command's own), else None."""

    def __init__(self, args: Any, returncode: int, stdout: Any, stderr: Any, command_id: str,
                 records: List[_records.Record], failure: Optional[str]) -> None:
        super().__init__(args, returncode, stdout, stderr)
        self.command_id, self.records, self.failure = command_id, records, failure

    def check_returncode(self) -> None:
        """CalledProcessError, with the records, if the status is not 0."""
        if self.returncode != 0:
            raise _errors.CalledProcessError(self.returncode, self.args, self.stdout, self.stderr, self.failure,
                                             self.records)


class Process(_library.Handle):
    """A command in its sandbox. returncode is its exit status, 128+N after signal N, 125 when srt
    failed, 126 when it cannot be executed, 127 when it was not found; None while it runs.

    stdin, stdout, stderr: the pipes to and from it, files of bytes, or of text where that was
    wanted; None for those that are not srt.PIPE. command_id: by which records name it. args: what it
    was started with. pid: that of the srt that supervises it. text: whether the pipes are of text.

    A callback of the session (ask, on_record, subscribe) may start commands but not wait for one:
    it runs in the thread that serves them. What would wait raises UsageError there.

    `await process` waits in asyncio. As a context manager it closes the pipes and waits. It keeps
    its session open as long as somebody keeps it."""

    _what = "process"
    returncode: Optional[int] = None
    args: Any = None
    pid = 0
    _left = False  # ended, but a callback keeps the session from hearing so

    def __init__(self, session: "Session", pointer: int, args: Any, pipes: "Pipes") -> None:
        self._take(pointer)
        lib = _library.library()
        self.session, self.args = session, args
        self.pid = lib.srt_process_pid(pointer)
        self.command_id: str = _library.to_text(lib.srt_process_command_id(pointer)) or ""
        self.stdin, self.stdout, self.stderr = pipes.open()
        self.text = pipes.text
        self._pump: Optional[_pump.Pump] = None

    def fileno(self) -> int:
        """Becomes readable when the command has ended, for select and its kin; not to be read."""
        found: int = _library.library().srt_process_pollfd(self._p)
        return found

    def poll(self) -> Optional[int]:
        """The status when the command has ended and its records have come, else None."""
        if self.returncode is None:
            status = ctypes.c_int()
            if _library.call("srt_process_wait", self._p, 0, ctypes.byref(status)) == 1:
                self.returncode = status.value
        return self.returncode

    def wait(self, timeout: Optional[float] = None) -> int:
        """Waits for the end; srt.TimeoutExpired after timeout seconds."""
        self._may_wait("wait", timeout)
        deadline = None if timeout is None else time.monotonic() + timeout
        poller = select.poll()  # here and not in the library: signals of Python's are handled meanwhile
        poller.register(self.fileno(), select.POLLIN)
        while True:
            status = self.poll()
            if status is not None:
                return status
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise self._expired(timeout)
            poller.poll(None if left is None else min(left * 1000 + 1, 1 << 30))

    def communicate(self, input: Any = None, timeout: Optional[float] = None) -> Tuple[Any, Any]:
        """Writes input, reads the outputs to their ends and waits. After a srt.TimeoutExpired
        nothing is lost: it can be called again."""
        self._may_wait("communicate", timeout)
        deadline = None if timeout is None else time.monotonic() + timeout
        if self._pump is None:
            self._pump = _pump.Pump(self.stdin, self.stdout, self.stderr, input)
        if not self._pump.run(deadline):
            raise self._expired(timeout)
        self.wait(None if deadline is None else max(deadline - time.monotonic(), 0))
        return self._pump.results()

    def _may_wait(self, what: str, timeout: Optional[float] = None) -> None:
        if (timeout is None or timeout > 0) and self.poll() is None:
            self.session._caller.refuse_wait(what)

    def _expired(self, timeout: Optional[float]) -> _errors.TimeoutExpired:
        return _errors.TimeoutExpired(self.args, timeout or 0, *self.so_far(), self.command_id, self._known_records())

    def _known_records(self) -> List[_records.Record]:
        try:
            return self.records()
        except _errors.UsageError:  # the session is closed
            return []

    def _end(self) -> None:
        """Ends the sandbox and waits until it is gone. Its last records are not waited for as long
        as a callback of the session holds them up."""
        self.kill()
        self.close_pipes()
        while not self._is_over():
            try:
                self.wait(_TURN)
            except subprocess.TimeoutExpired:
                pass

    async def _end_async(self) -> None:
        """As _end(), in asyncio."""
        self.kill()
        self.close_pipes()
        while not self._is_over():
            try:
                await asyncio.wait_for(self.wait_async(), _TURN)
            except asyncio.TimeoutError:
                pass

    def _is_over(self) -> bool:
        if self.poll() is None and self.session._caller.busy and not _exists(self.pid):
            self._left = True
        return self._left or self.returncode is not None

    def signal(self, number: int) -> None:
        """Sends a signal to the command: INT, TERM, HUP, QUIT, USR1, USR2, WINCH, TSTP, CONT, or KILL,
        which ends the whole sandbox; others are a UsageError. Fine after the end."""
        _library.call("srt_process_signal", self._p, int(number))

    send_signal = signal

    def terminate(self) -> None:
        self.signal(signals.SIGTERM)

    def kill(self) -> None:
        self.signal(signals.SIGKILL)

    @property
    def failure(self) -> Optional[str]:
        """Why srt failed, or that it was killed: then returncode is not the command's own."""
        return _library.to_text(_library.library().srt_process_failure(self._p))

    def records(self) -> List[_records.Record]:
        """What was refused to this command, as far as the session keeps it; all of it once it has
        ended."""
        return self.session.records(self)

    def complete(self, stdout: Any = None, stderr: Any = None) -> CompletedProcess:
        """Waits and says how it went."""
        return CompletedProcess(self.args, self.wait(), stdout, stderr, self.command_id, self.records(), self.failure)

    async def wait_async(self) -> int:
        """Waits without holding up the event loop; so does `await process`."""
        self._may_wait("wait_async")
        loop = asyncio.get_running_loop()
        while self.poll() is None:
            readable: "asyncio.Future[None]" = loop.create_future()
            fd = os.dup(self.fileno())  # a loop has one reader for each descriptor
            try:
                loop.add_reader(fd, _set, readable)
                await readable
            finally:
                loop.remove_reader(fd)
                os.close(fd)
        assert self.returncode is not None
        return self.returncode

    def __await__(self) -> Generator[Any, None, int]:
        return self.wait_async().__await__()

    async def communicate_async(self, input: Any = None) -> Tuple[Any, Any]:
        """As communicate(), in asyncio. When it is cancelled the command goes on."""
        self._may_wait("communicate_async")
        if self._pump is None:
            self._pump = _pump.Pump(self.stdin, self.stdout, self.stderr, input)
        await self._pump.run_async()
        await self.wait_async()
        return self._pump.results()

    def so_far(self) -> Tuple[Any, Any]:
        """What communicate() has read of the outputs; None for none."""
        return (None, None) if self._pump is None else self._pump.so_far()

    def close_pipes(self) -> None:
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass  # what was still buffered for a command that has ended

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close_pipes()
        self.wait()

    def __repr__(self) -> str:
        return "<Process %d: %r, returncode %r>" % (self.pid, self.args, self.returncode)

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        if self._pointer is not None and self.returncode is None and not self._left and self._pid == os.getpid():
            _warn("%r was not waited for" % self, ResourceWarning, source=self)
        self._release("srt_process_free")


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, by now
    return True


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


Standard = Union[None, int, IO[Any]]


class Pipes:
    """Standard descriptors of a command: those of the child, and the ends that stay here."""

    def __init__(self, stdin: Standard, stdout: Standard, stderr: Standard, *, text: bool, encoding: Optional[str],
                 errors: Optional[str], bufsize: int) -> None:
        self.text = bool(text or encoding or errors)
        self._encoding, self._errors = encoding, errors
        self._lines = self.text and bufsize == 1
        self._bufsize = -1 if bufsize == 1 else bufsize
        self._opened: List[int] = []  # the child's ends that are ours to close
        self._ours: List[Optional[int]] = [None, None, None]
        self.child: List[Optional[int]] = [None, None, None]
        try:
            for index, wanted in enumerate((stdin, stdout, stderr)):
                self.child[index] = self._one(index, wanted)
        except BaseException:
            self.abandon()
            raise

    def _one(self, index: int, wanted: Standard) -> Optional[int]:
        if wanted is None:
            return None
        if wanted == subprocess.PIPE:
            reading, writing = os.pipe()
            child, ours = (reading, writing) if index == 0 else (writing, reading)
            self._opened.append(child)
            self._ours[index] = ours
            return child
        if wanted == subprocess.DEVNULL:
            self._opened.append(os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC))
            return self._opened[-1]
        if wanted == subprocess.STDOUT:
            if index != 2:
                raise ValueError("STDOUT can only be used for stderr")
            return 1 if self.child[1] is None else self.child[1]
        return wanted if isinstance(wanted, int) else wanted.fileno()

    def started(self) -> None:
        for fd in self._opened:
            os.close(fd)
        self._opened = []

    def abandon(self) -> None:
        self.started()
        for fd in self._ours:
            if fd is not None:
                os.close(fd)
        self._ours = [None, None, None]

    def open(self) -> List[Optional[IO[Any]]]:
        return [None if fd is None else self._file(fd, "wb" if index == 0 else "rb")
                for index, fd in enumerate(self._ours)]

    def _file(self, fd: int, mode: str) -> IO[Any]:
        file = io.open(fd, mode, self._bufsize)
        if not self.text:
            return file
        return io.TextIOWrapper(file, encoding=self._encoding, errors=self._errors,
                                write_through=mode == "wb", line_buffering=mode == "wb" and self._lines)
