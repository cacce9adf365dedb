# SPDX-License-Identifier: Apache-2.0
"""Commands in sandboxes, from Python.

    import srt_sandbox as srt

    settings = srt.Settings().allow_hosts("example.com").deny_read("~/.ssh")
    with srt.Session(settings) as session:
        done = session.run(["make", "test"], capture_output=True, text=True)
        print(done.returncode, [record.line for record in done.records])

docs/embedding-python.md shows the rest. This is the C library <srt/srt.h> by ctypes.
"""
from __future__ import annotations

from subprocess import DEVNULL, PIPE, STDOUT

from ._callbacks import Question
from ._errors import (CalledProcessError, Error, LibraryError, NotFoundError, ProtocolError, SettingsError,
                      SystemCallError, TimedOutError, TimeoutExpired, UnsupportedError, UsageError)
from ._library import library as _library_of
from ._process import CompletedProcess, Process
from ._records import Operation, Record, operation_name, records_query
from ._session import Session
from ._settings import Settings
from ._wrapped import Wrapped

__version__ = "0.1.0"

__all__ = [
    "CalledProcessError", "CompletedProcess", "DEVNULL", "Error", "LibraryError", "NotFoundError", "Operation", "PIPE",
    "Process", "ProtocolError", "Question", "Record", "STDOUT", "Session", "Settings", "SettingsError",
    "SystemCallError", "TimedOutError", "TimeoutExpired", "UnsupportedError", "UsageError", "Wrapped",
    "library_version", "operation_name", "records_query",
]


def library_version() -> str:
    """The version of the library that is loaded, "0.1.0"."""
    found: bytes = _library_of().srt_version()
    return found.decode("ascii")
