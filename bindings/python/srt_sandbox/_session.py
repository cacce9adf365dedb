# SPDX-License-Identifier: Apache-2.0
"""Sessions: settings, the commands that run with them, and what was refused to those."""
from __future__ import annotations

import asyncio
import atexit
import contextlib
import ctypes
import json
import os
import subprocess
import threading
import warnings
import weakref
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Union

from . import _callbacks, _command, _errors, _library, _process, _records, _settings, _table, _wrapped

_open: "weakref.WeakSet[Session]" = weakref.WeakSet()

# What names a command: a Process, a CompletedProcess, a Wrapped, or its id.
Named = Union[str, _process.Process, _process.CompletedProcess, _wrapped.Wrapped]


class Session(_library.Handle):
    """Commands in sandboxes with the same settings. Any number of sessions may live at once.

    settings: Settings or a dictionary; None for the built-in defaults.
    ask: asked about every connection to a host that no list decides. See Question.
    on_record: told of every refusal, with a Record.
    program: absolute path of the program srt. backend: name or path.
    allow_unenforced: rule classes that may go unenforced, or "all".
    keep_records: how many records stay in memory, 0 for 100.
    end_all: close() ends the commands too that were wrapped.
    quiet: no warnings of srt on the standard error of commands.

    ask and on_record are called in the session's own thread, which serves all its commands: they
    should return soon. They may use the session and start commands, but neither close it nor wait
    for one of its commands: that raises UsageError. Coroutine functions run in the event loop in
    which the session is made. What they raise goes to sys.unraisablehook (of coroutines: to the
    loop's exception handler), and the host is refused.

    Methods may be called from any thread. close(), at the end of `with`, at the latest when the
    interpreter ends, ends all commands."""

    _what = "session"

    def __init__(self, settings: Optional[_settings.SettingsLike] = None, *,
                 ask: Optional[_callbacks.AskFunction] = None,
                 on_record: Optional[_callbacks.RecordFunction] = None,
                 program: Optional[_command.Word] = None, backend: Optional[_command.Word] = None,
                 allow_unenforced: Union[None, str, Iterable[str]] = None, keep_records: int = 0,
                 end_all: bool = False, quiet: bool = False) -> None:
        if allow_unenforced is not None and not isinstance(allow_unenforced, str):
            allow_unenforced = ",".join(allow_unenforced)
        self._caller = _callbacks.Caller()
        self._target = _callbacks.Target(self._caller, ask, on_record)
        self._subscribed: Dict[int, _callbacks.Target] = {}
        self._users: List[int] = []  # threads that are in a call
        self._idle = threading.Condition()
        made = None if settings is None else _settings.coerce(settings)
        options = _table.SessionOptions(
            struct_size=ctypes.sizeof(_table.SessionOptions),
            flags=_flags(SRT_SESSION_END_ALL=end_all, SRT_SESSION_QUIET=quiet),
            program=_library.maybe_bytes(program, "program"),
            backend=_library.maybe_bytes(backend, "backend"),
            allow_unenforced=_library.maybe_bytes(allow_unenforced, "allow_unenforced"),
            data=self._target.number, keep_records=keep_records)
        if ask is not None:
            options.ask = _callbacks.on_ask
        if on_record is not None:
            options.record = _callbacks.on_record
        self._take(_library.call("srt_session_new", _settings.address(made), ctypes.byref(options)))
        _open.add(self)

    # ---- settings

    def update(self, settings: _settings.SettingsLike) -> None:
        """Other settings from now on: for commands that run, the hosts; for those to come, all."""
        made = _settings.coerce(settings)
        with self._use() as p:
            _library.call("srt_session_update", p, made._p)

    def settings(self) -> _settings.Settings:
        """A copy of the settings that count now."""
        with self._use() as p:
            return _settings.Settings._of(_library.library().srt_session_settings(p))

    def plan(self, directory: Optional[_command.Word] = None) -> Dict[str, Any]:
        """What the settings lead to in a directory, as `srtctl plan --json` says it."""
        with self._use() as p:
            text = _library.take_text(
                _library.call("srt_session_plan", p, _library.maybe_bytes(directory, "directory")))
        found: Dict[str, Any] = json.loads(text or "{}")
        return found

    def check(self) -> List[str]:
        """Tries whether commands can be run here, and returns what srt warns of. An error says what
        to do where they cannot."""
        warned = ctypes.c_void_p()
        with self._use() as p:
            _library.call("srt_session_check", p, ctypes.byref(warned))
        return (_library.take_text(warned.value) or "").splitlines()

    # ---- commands

    def spawn(self, args: _command.Arguments, *, shell: bool = False, stdin: _process.Standard = None,
              stdout: _process.Standard = None, stderr: _process.Standard = None, text: bool = False,
              encoding: Optional[str] = None, errors: Optional[str] = None, bufsize: int = -1, keep: bool = False,
              new_group: bool = False, **command: Any) -> _process.Process:
        """Starts a command. args: words; with shell=True, text for a shell. stdin, stdout, stderr,
        text, encoding, errors and bufsize as for subprocess.Popen, with its PIPE, DEVNULL, STDOUT.

        env: a dictionary, None for this process's. cwd: where it runs, and what relative rules mean.
        settings: put over the session's for this command. command_id: by which records name it,
        made up if missing. command_text: what records show. shell_program: absolute path of a shell.
        keep: it stays when the session ends. new_group: it gets a process group of its own."""
        pipes = _process.Pipes(stdin, stdout, stderr, text=text, encoding=encoding, errors=errors, bufsize=bufsize)
        try:
            made = _command.Command(args, shell=shell, standard=pipes.child, **command,
                                    flags=_flags(SRT_COMMAND_KEEP=keep, SRT_COMMAND_NEW_GROUP=new_group))
            with self._use() as p:
                pointer = _library.call("srt_session_spawn", p, made.pointer)
        except BaseException:
            pipes.abandon()
            raise
        pipes.started()
        return _process.Process(self, pointer, args, pipes)

    def run(self, args: _command.Arguments, *, input: Any = None, capture_output: bool = False,
            timeout: Optional[float] = None, check: bool = False, **spawn: Any) -> _process.CompletedProcess:
        """Runs a command to its end, with the manners of subprocess.run. After timeout seconds its
        sandbox is ended and srt.TimeoutExpired raised, with its records; check: CalledProcessError
        when the status is not 0. The rest is as for spawn()."""
        self._caller.refuse_wait("run")
        process = self.spawn(args, **_standard(spawn, input, capture_output))
        try:
            out, err = process.communicate(input, timeout)
        except BaseException as problem:
            process._end()
            _complete(problem, process)
            raise
        return _checked(process.complete(out, err), check)

    async def run_async(self, args: _command.Arguments, *, input: Any = None, capture_output: bool = False,
                        timeout: Optional[float] = None, check: bool = False,
                        **spawn: Any) -> _process.CompletedProcess:
        """run() for asyncio. When it is cancelled, the sandbox is ended first."""
        self._caller.refuse_wait("run_async")
        process = self.spawn(args, **_standard(spawn, input, capture_output))
        try:
            out, err = await asyncio.wait_for(process.communicate_async(input), timeout)
        except asyncio.TimeoutError:
            await process._end_async()
            raise process._expired(timeout) from None
        except BaseException:
            await process._end_async()
            raise
        return _checked(process.complete(out, err), check)

    def wrap(self, args: _command.Arguments, **command: Any) -> _wrapped.Wrapped:
        """argv, env and descriptor of a command for those who start processes themselves. The
        parameters are those of spawn() without the standard descriptors, keep and new_group."""
        made = _command.Command(args, **command)
        with self._use() as p:
            pointer = _library.call("srt_session_wrap", p, made.pointer)
        return _wrapped.Wrapped(self, pointer, made.id or "", made.cwd)

    def wrap_shell(self, args: _command.Arguments, **command: Any) -> str:
        """The same as text for `sh -c`, to be run any number of times while the session is open, in
        whatever directory and environment (HOME and XDG_STATE_HOME the same); so without env and
        cwd. Records name it by command_id, or by the command's text."""
        made = _command.Command(args, make_id=False, **command)
        with self._use() as p:
            return _library.take_text(_library.call("srt_session_wrap_shell", p, made.pointer)) or ""

    def forget(self, command: Named) -> None:
        """Texts of wrap_shell() with this command id, or this command's text where none was given,
        are not run any more."""
        with self._use() as p:
            _library.library().srt_session_forget(p, _id(command))

    # ---- records

    def records(self, command: Optional[Named] = None) -> List[_records.Record]:
        """Those in memory, oldest first: all, or of one command, which is named by its Process,
        CompletedProcess or Wrapped, or by its id."""
        with self._use() as p:
            return _records.take_records(
                _library.library().srt_session_records(p, None if command is None else _id(command)))

    @property
    def record_total(self) -> int:
        """How many refusals there were altogether, with those that are forgotten."""
        with self._use() as p:
            found: int = _library.library().srt_session_record_total(p)
            return found

    def clear_records(self) -> None:
        """Forgets those in memory."""
        with self._use() as p:
            _library.library().srt_session_clear_records(p)

    def subscribe(self, function: _callbacks.RecordFunction) -> Callable[[], None]:
        """One more who is told of every refusal. Returns what ends it; when that has returned,
        function is not running and will not be called. Do not call it holding a lock that function
        takes."""
        target = _callbacks.Target(self._caller, None, function)
        with self._use() as p:
            number = _library.library().srt_session_subscribe(p, _callbacks.on_record, target.number)
            self._subscribed[number] = target

        def unsubscribe() -> None:
            if self._subscribed.pop(number, None) is not None:
                with contextlib.suppress(_errors.UsageError), self._use() as p:  # closed: nobody calls any more
                    _library.library().srt_session_unsubscribe(p, number)
        return unsubscribe

    def annotate(self, command: Named, text: str) -> str:
        """A command's error text and, behind it, what was refused to the command, in a block
        <sandbox_violations>; the text alone where nothing was. command: its Process,
        CompletedProcess or Wrapped, or its id."""
        with self._use() as p:
            return _library.take_text(_library.library().srt_session_annotate(
                p, _id(command), _library.to_bytes(text, "text"))) or ""

    # ---- the end

    @property
    def closed(self) -> bool:
        return self._pointer is None

    def close(self) -> None:
        """Ends its commands and waits until they are gone, at most about 4 seconds. No callback runs
        any more when it returns. Waits for calls of other threads first. Fine when it is closed."""
        if self._pointer is None or self._pid != os.getpid():
            return
        if self._caller.calls():
            raise _errors.UsageError("close: a session cannot be closed by its own callbacks; do it in another thread")
        with self._idle:
            if threading.get_ident() in self._users:
                raise _errors.UsageError("close: a signal handler cannot close the session that it has interrupted")
            pointer, self._pointer = self._pointer, None
            self._idle.wait_for(lambda: not self._users)
        _open.discard(self)
        if pointer is not None:
            _library.library().srt_session_free(pointer)
            self._caller.thread = None  # its number may be another thread's now
        self._subscribed.clear()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(self, *_: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def __repr__(self) -> str:
        return "<Session, closed>" if self.closed else "<Session %r>" % self.settings()

    @contextlib.contextmanager
    def _use(self) -> Iterator[int]:
        """The session for one call; close() waits for its end."""
        with self._idle:
            pointer = self._p
            self._users.append(threading.get_ident())
        try:
            yield pointer
        finally:
            with self._idle:
                self._users.remove(threading.get_ident())
                self._idle.notify_all()

    def __del__(self, _warn: Callable[..., None] = warnings.warn, _getpid: Callable[[], int] = os.getpid) -> None:
        if self._pointer is None or self._pid != _getpid():
            return
        _warn("unclosed %s" % type(self).__name__, ResourceWarning, source=self)
        pointer, self._pointer = self._pointer, None
        free = _library.library().srt_session_free
        if self._caller.calls():  # collected in the middle of a callback
            threading.Thread(target=free, args=(pointer,)).start()
        else:
            free(pointer)


def _flags(**wanted: bool) -> int:
    return sum(_table.FLAGS[name] for name, on in wanted.items() if on)


def _id(command: Named) -> bytes:
    return _library.to_bytes(command if isinstance(command, str) else command.command_id, "command")


def _standard(spawn: Dict[str, Any], input: Any, capture_output: bool) -> Dict[str, Any]:
    if input is not None:
        if spawn.get("stdin") is not None:
            raise ValueError("stdin and input cannot both be given")
        spawn["stdin"] = subprocess.PIPE
    if capture_output:
        if spawn.get("stdout") is not None or spawn.get("stderr") is not None:
            raise ValueError("stdout and stderr cannot be given with capture_output")
        spawn["stdout"] = spawn["stderr"] = subprocess.PIPE
    return spawn


def _complete(problem: BaseException, process: _process.Process) -> None:
    """The records that came while the sandbox was ended."""
    if isinstance(problem, _errors.TimeoutExpired):
        problem.records = process._known_records()


def _checked(completed: _process.CompletedProcess, check: bool) -> _process.CompletedProcess:
    if check:
        completed.check_returncode()
    return completed


@atexit.register
def _close_all() -> None:
    """Before the interpreter goes, so that no callback meets it half gone."""
    for session in list(_open):
        session.close()


def _after_fork() -> None:
    global _open
    _open = weakref.WeakSet()


os.register_at_fork(after_in_child=_after_fork)
