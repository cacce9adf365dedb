# SPDX-License-Identifier: Apache-2.0
"""Calls from a session's thread into Python.

Two C callbacks serve all sessions and live as long as the process, so none can be called after it
was freed. Which session is meant says the number that goes with each call. The table knows the
targets weakly: a session that nobody holds any more can be collected together with the functions
that it was given. What is not found is refused.

Python reports an exception that leaves a callback through sys.unraisablehook."""
from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import os
import threading
import weakref
from typing import Any, Awaitable, Callable, Iterator, Optional, Union

from . import _errors, _library, _records, _table

_numbers = itertools.count(1)
_targets: "weakref.WeakValueDictionary[int, Target]" = weakref.WeakValueDictionary()


class Question:
    """May a host be reached, which no list decides?

    host: its name or address, as the command asked for it. port: a number. protocol: "http",
    "https" or "socks", how the proxy was asked. command, command_id: text and id of the command that
    asks. answered: whether there is an answer.

    The function that is asked returns True or False, or a coroutine that does; or it keeps the
    question, returns None, and somebody calls answer() later, from any thread. One that is thrown
    away without an answer is refused."""

    def __init__(self, pointer: int) -> None:
        lib = _library.library()
        self._answer = lib.srt_question_answer
        self._lock = threading.Lock()
        self._pointer: Optional[int] = pointer
        self._pid = os.getpid()
        self.host: str = _library.to_text(lib.srt_question_host(pointer)) or ""
        self.port: int = lib.srt_question_port(pointer)
        self.protocol: str = _library.to_text(lib.srt_question_protocol(pointer)) or ""
        self.command_id: str = _library.to_text(lib.srt_question_command_id(pointer)) or ""
        self.command: str = _library.to_text(lib.srt_question_command(pointer)) or ""

    @property
    def answered(self) -> bool:
        return self._pointer is None

    def answer(self, allow: bool) -> bool:
        """Answers. False when there was an answer before, which stays, and in a fork."""
        if not isinstance(allow, bool):
            raise TypeError("answer: found %r, expected True or False" % (allow,))
        with self._lock:
            pointer, self._pointer = self._pointer, None
        if pointer is None or self._pid != os.getpid():
            return False
        self._answer(pointer, allow)
        return True

    def __repr__(self) -> str:
        return "<Question %s:%d by %s of %r>" % (self.host, self.port, self.protocol, self.command)

    def __del__(self) -> None:
        if getattr(self, "_pointer", None) is not None:
            self.answer(False)


Answer = Union[bool, None, Awaitable[bool]]
AskFunction = Callable[[Question], Answer]
RecordFunction = Callable[[_records.Record], Any]


class Caller:
    """A session's thread, by its number, which is known from its first call on. busy: it is in a
    callback."""

    thread: Optional[int] = None
    busy = False

    def calls(self) -> bool:
        """Whether this is the session's thread."""
        return self.thread == threading.get_ident()

    def refuse_wait(self, what: str) -> None:
        """UsageError in a callback: no command ends before the callback has returned."""
        if self.busy and self.calls():
            raise _errors.UsageError(
                "%s: a callback cannot wait for a command of its own session, whose thread it holds up; "
                "do it in another thread" % what)

    @contextlib.contextmanager
    def called(self) -> Iterator[None]:
        self.thread, self.busy = threading.get_ident(), True
        try:
            yield
        finally:
            self.busy = False


class Target:
    """What the calls of one session, or one subscription, lead to."""

    def __init__(self, caller: Caller, ask: Optional[AskFunction] = None,
                 record: Optional[RecordFunction] = None) -> None:
        self.caller, self.ask, self.record = caller, ask, record
        self.loop = _running_loop()
        if self.loop is None and (inspect.iscoroutinefunction(ask) or inspect.iscoroutinefunction(record)):
            raise _errors.UsageError(
                "a coroutine function needs an event loop: make the session inside of one, or give a plain function")
        self.number = next(_numbers)
        _targets[self.number] = self

    def later(self, result: Awaitable[Any], question: Optional[Question]) -> None:
        """Awaits what a callback returned, in the loop in which the session was made."""
        coroutine = _await(result, question)
        try:
            if self.loop is None:
                raise _errors.UsageError("a coroutine was returned, but the session was made outside of an event loop")
            asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        except BaseException:
            coroutine.close()
            getattr(result, "close", lambda: None)()
            raise


async def _await(result: Awaitable[Any], question: Optional[Question]) -> None:
    try:
        value = await result
        if question is not None:
            question.answer(value)
    except Exception as problem:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "srt: a callback failed" + ("; %r is refused" % question if question else ""),
             "exception": problem})
    finally:
        if question is not None:
            question.answer(False)


def _running_loop() -> Optional[asyncio.AbstractEventLoop]:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _find(data: Optional[int]) -> Optional[Target]:
    return _targets.get(data or 0)


def _ask(question: Question, target: Target) -> None:
    assert target.ask is not None
    answer = target.ask(question)
    if isinstance(answer, Awaitable):
        target.later(answer, question)
    elif answer is not None:
        question.answer(answer)


def _on_ask(data: Optional[int], pointer: int) -> None:
    question = Question(pointer)
    target = _find(data)
    if target is None or target.ask is None:
        question.answer(False)
        return
    try:
        with target.caller.called():
            _ask(question, target)
    except BaseException:
        question.answer(False)
        raise


def _on_record(data: Optional[int], filled: Any) -> None:
    target = _find(data)
    if target is None or target.record is None:
        return
    with target.caller.called():
        result = target.record(_records.record_of(filled.contents))
        if isinstance(result, Awaitable):
            target.later(result, None)


on_ask = _table.ASK_CALLBACK(_on_ask)
on_record = _table.RECORD_CALLBACK(_on_record)
