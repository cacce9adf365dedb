# SPDX-License-Identifier: Apache-2.0
"""What a call says about a command, as the library takes it."""
from __future__ import annotations

import ctypes
import os
import shlex
import uuid
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from . import _errors, _library, _settings, _table

Word = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Arguments = Union[str, bytes, Sequence[Word]]
Environment = Mapping[Any, Any]


def split(args: Arguments, shell: bool) -> Tuple[List[Word], Optional[Word]]:
    """Words and shell text. As with subprocess, a list with shell=True is the text and its $0, $1…"""
    if isinstance(args, (str, bytes)):
        if not shell:
            raise _errors.UsageError(
                "args: found one text, %r; expected a list of words, or shell=True with it" % (args,))
        return [], args
    if isinstance(args, os.PathLike):
        return [args], None
    found = list(args)
    if not found:
        raise _errors.UsageError("args: found no word, expected a command")
    return (found[1:], found[0]) if shell else (found, None)


def show(args: Arguments) -> str:
    if isinstance(args, (str, bytes)):
        return os.fsdecode(args)
    return " ".join(shlex.quote(os.fsdecode(word)) for word in args)


def environment(env: Environment) -> List[bytes]:
    found = []
    for name, value in env.items():
        name, value = _library.to_bytes(name, "env"), _library.to_bytes(value, "env")
        if not name or b"=" in name:
            raise _errors.UsageError("env: found the name %r, expected one without '='" % os.fsdecode(name))
        found.append(name + b"=" + value)
    return found


class Command:
    """A srt_command and all that it points to; valid as long as this object."""

    def __init__(self, args: Arguments, *, shell: bool = False, shell_program: Optional[Word] = None,
                 env: Optional[Environment] = None, cwd: Optional[Word] = None, command_id: Optional[str] = None,
                 command_text: Optional[str] = None, settings: Optional[_settings.SettingsLike] = None,
                 flags: int = 0, standard: Sequence[Optional[int]] = (None, None, None),
                 make_id: bool = True) -> None:
        words, text = split(args, shell)
        if make_id and not command_id:
            command_id = uuid.uuid4().hex  # so that records of equal commands are told apart
        self.args, self.id, self.cwd = args, command_id, None if cwd is None else _absolute(cwd)
        self._settings = None if settings is None else _settings.coerce(settings)
        self._argv = _library.words([_library.to_bytes(word, "args") for word in words])
        self._env = None if env is None else _library.words(environment(env))
        descriptors = [0 if fd is None else fd + 1 for fd in standard]
        self.c = _table.Command(
            struct_size=ctypes.sizeof(_table.Command), flags=flags,
            argv=self._argv if words else None,
            shell=_library.maybe_bytes(text, "args"),
            shell_program=_library.maybe_bytes(shell_program, "shell_program"),
            env=self._env,
            cwd=_library.maybe_bytes(self.cwd, "cwd"),
            id=_library.maybe_bytes(command_id, "command_id"),
            text=_library.maybe_bytes(command_text, "command_text"),
            settings=_settings.address(self._settings),
            stdin_plus_1=descriptors[0], stdout_plus_1=descriptors[1], stderr_plus_1=descriptors[2])

    @property
    def pointer(self) -> Any:
        return ctypes.byref(self.c)


def _absolute(path: Word) -> bytes:
    return os.path.join(os.getcwdb(), os.fsencode(path))
