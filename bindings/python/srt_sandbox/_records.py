# SPDX-License-Identifier: Apache-2.0
"""Records of what was refused."""
from __future__ import annotations

import ctypes
import datetime
import enum
from dataclasses import dataclass
from typing import Any, Iterable, List, Optional, Union

from . import _library, _table

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Operation(enum.IntEnum):
    """What was tried. Later libraries may know more; those show as plain numbers."""

    READ = 0
    WRITE = 1
    CREATE = 2
    DELETE = 3
    RENAME = 4
    EXEC = 5
    CONNECT = 6
    RESOLVE = 7
    UNIX = 8
    SIGNAL = 9
    SYSCALL = 10


@dataclass(frozen=True)
class Record:
    """One thing that was refused. What is not known is None, of pid 0.

    operation: what was tried. target: the path, host:port, socket or system call. count: how often,
    between time and last (both UTC). pid, program: who tried it. rule: the one that decided,
    "network.deniedDomains[0]". reason: its words. backend: who refused it, a backend's name or
    "proxy". command_id, command: id and text of the command. session: the run of srt, as
    `srtctl violations` shows it. line: all of it in one line. attempt: seen being tried, the
    result is not known; tampering: got past a check, found and undone afterwards."""

    operation: Union[Operation, int]
    target: str
    count: int
    time: datetime.datetime
    last: datetime.datetime
    pid: int
    program: Optional[str]
    rule: Optional[str]
    reason: Optional[str]
    backend: Optional[str]
    command_id: Optional[str]
    command: Optional[str]
    session: Optional[str]
    line: str
    attempt: bool
    tampering: bool


def _operation(number: int) -> Union[Operation, int]:
    try:
        return Operation(number)
    except ValueError:
        return number


def operation_name(operation: Union[Operation, int]) -> str:
    """An operation as records show it: "read", "connect"; "?" for one that the library does not know."""
    name: bytes = _library.library().srt_operation_name(operation)
    return name.decode("ascii")


def _when(microseconds: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(microseconds=microseconds)


def record_of(filled: Any) -> Record:
    """A copy. What lies behind the structure's size is not there: an older library's is smaller."""

    def member(name: str, missing: Any = None) -> Any:
        field = getattr(_table.Record, name)
        return getattr(filled, name) if field.offset + field.size <= filled.struct_size else missing

    def text(name: str) -> Optional[str]:
        return _library.to_text(member(name))

    flags = member("flags", 0)
    return Record(
        operation=_operation(member("operation", 0)),
        target=text("target") or "",
        count=member("count", 1),
        time=_when(member("time_us", 0)),
        last=_when(member("last_us", 0)),
        pid=member("pid", 0),
        program=text("program"),
        rule=text("rule"),
        reason=text("reason"),
        backend=text("backend"),
        command_id=text("command_id"),
        command=text("command"),
        session=text("session"),
        line=text("line") or "",
        attempt=bool(flags & _table.FLAGS["SRT_VIOLATION_ATTEMPT"]),
        tampering=bool(flags & _table.FLAGS["SRT_VIOLATION_TAMPERING"]),
    )


def take_records(pointer: Optional[int]) -> List[Record]:
    """Copies of a srt_records, which is freed."""
    lib = _library.library()
    try:
        return [record_of(lib.srt_records_get(pointer, i).contents) for i in range(lib.srt_records_count(pointer))]
    finally:
        lib.srt_records_free(pointer)


def _microseconds(since: Union[None, float, datetime.datetime]) -> int:
    if since is None:
        return 0
    if isinstance(since, datetime.datetime):
        return (since.astimezone(datetime.timezone.utc) - _EPOCH) // datetime.timedelta(microseconds=1)
    return int(since * 1_000_000)


def records_query(*, operations: Iterable[Union[Operation, int]] = (),
                  since: Union[None, float, datetime.datetime] = None, command: Optional[str] = None,
                  session: Optional[str] = None, limit: int = 0) -> List[Record]:
    """Records of all runs of this user, oldest first, from srt's database. operations: none for all;
    since: a moment, or seconds since 1970; command: part of the command's text; limit: the newest,
    0 for 1,000."""
    bits = 0
    for operation in operations:
        bits |= 1 << Operation(operation)
    query = _table.Query(
        struct_size=ctypes.sizeof(_table.Query), operations=bits, since_us=_microseconds(since),
        command=_library.maybe_bytes(command, "command"), session=_library.maybe_bytes(session, "session"),
        limit=limit)
    return take_records(_library.call("srt_records_query", ctypes.byref(query)))
