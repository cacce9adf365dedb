# SPDX-License-Identifier: Apache-2.0
"""Errors of the library as exceptions."""
from __future__ import annotations

import subprocess
from typing import Any, Dict, List, Optional, Sequence, Type

from . import _table


class Error(Exception):
    """Anything that the library refuses. code is its SRT_E_* number; nothing has happened then."""

    code: int = 0

    def __init__(self, message: str, code: Optional[int] = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class LibraryError(Error, ImportError):
    """libsrt is not there, or not the one that this module was written for."""


class UsageError(Error, ValueError):
    """The call makes no sense: an argument is missing or wrong."""

    code = _table.ERROR_CODES["SRT_E_USAGE"]


class SettingsError(Error, ValueError):
    """The settings are wrong."""

    code = _table.ERROR_CODES["SRT_E_SETTINGS"]

    @property
    def problems(self) -> List[str]:
        """One line for each problem."""
        return str(self).splitlines()


class UnsupportedError(Error):
    """Commands cannot be sandboxed so on this machine."""

    code = _table.ERROR_CODES["SRT_E_UNSUPPORTED"]


class NotFoundError(Error):
    """A program, a directory or a file that was named is not there."""

    code = _table.ERROR_CODES["SRT_E_NOT_FOUND"]


class SystemCallError(Error):
    """The operating system refused something."""

    code = _table.ERROR_CODES["SRT_E_SYSTEM"]


class ProtocolError(Error):
    """The program srt is of another version, or is not srt."""

    code = _table.ERROR_CODES["SRT_E_PROTOCOL"]


class TimedOutError(Error):
    """Given up: it took too long."""

    code = _table.ERROR_CODES["SRT_E_TIMEOUT"]


_CLASSES: Dict[int, Type[Error]] = {
    c.code: c
    for c in (UsageError, SettingsError, UnsupportedError, NotFoundError, SystemCallError, ProtocolError, TimedOutError)
}


def make(code: int, message: str) -> Error:
    return _CLASSES.get(code, Error)(message, code)


class TimeoutExpired(subprocess.TimeoutExpired):
    """A command did not end in time. Beyond that of subprocess: command_id; records, what was
    refused to the command until then. output and stderr are text where the command's are."""

    def __init__(self, cmd: Any, timeout: float, output: Any, stderr: Any, command_id: str,
                 records: Sequence[Any]) -> None:
        super().__init__(cmd, timeout, output, stderr)
        self.command_id = command_id
        self.records = list(records)


class CalledProcessError(subprocess.CalledProcessError):
    """run(check=True): the status was not 0. failure: why srt failed, else None; records: what
    was refused to the command."""

    def __init__(self, returncode: int, cmd: Any, output: Any, stderr: Any, failure: Optional[str],
                 records: Sequence[Any]) -> None:
        super().__init__(returncode, cmd, output, stderr)
        self.failure = failure
        self.records = list(records)

    def __str__(self) -> str:
        if self.failure:
            return "Command %r was not run to its end: %s" % (self.cmd, self.failure)
        text = "Command %r returned exit status %d" % (self.cmd, self.returncode)
        if self.records:
            text += "; %d refused, the last: %s" % (len(self.records), self.records[-1].line)
        return text
