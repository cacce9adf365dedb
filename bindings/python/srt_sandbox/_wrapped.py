# SPDX-License-Identifier: Apache-2.0
"""A command for callers that start processes themselves."""
from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from . import _library

if TYPE_CHECKING:
    from ._session import Session


class Wrapped(_library.Handle):
    """argv, env and fd of a command that may be started once, in cwd. fd must be open in the child
    under the same number. To be closed, best with `with`, when the child has been started; the
    session must stay open as long as the command runs."""

    _what = "wrapped command"

    def __init__(self, session: "Session", pointer: int, command_id: str, cwd: Optional[bytes]) -> None:
        self._take(pointer)
        lib = _library.library()
        self.session, self.command_id = session, command_id
        self.cwd = None if cwd is None else os.fsdecode(cwd)
        self.argv: List[str] = [os.fsdecode(w) for w in _library.from_words(lib.srt_wrapped_argv(pointer))]
        pairs = (w.partition(b"=") for w in _library.from_words(lib.srt_wrapped_env(pointer)))
        self.env: Dict[str, str] = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
        self.fd: int = lib.srt_wrapped_fd(pointer)

    def popen_kwargs(self, **more: Any) -> Dict[str, Any]:
        """For subprocess.Popen, subprocess.run and their kin; more is added."""
        passed = tuple(more.pop("pass_fds", ())) + (self.fd,)
        if self._p and self.cwd is not None:
            more.setdefault("cwd", self.cwd)
        return dict(more, args=self.argv, env=self.env, pass_fds=passed)

    def popen(self, **more: Any) -> "subprocess.Popen[Any]":
        """Starts it with subprocess and closes this object."""
        with self:
            return subprocess.Popen(**self.popen_kwargs(**more))

    def close(self) -> None:
        """Closes the descriptor here. Fine when it is closed."""
        self._release("srt_wrapped_free")

    def __enter__(self) -> "Wrapped":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
