# SPDX-License-Identifier: Apache-2.0
"""Finds libsrt, loads it, and speaks with it in bytes, addresses and exceptions."""
from __future__ import annotations

import ctypes
import os
import sysconfig
import threading
from typing import Any, List, Optional, Tuple, Union

from . import _errors, _table

Text = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


def beside_the_module() -> List[str]:
    """Where the library lies when both were installed, or built, with one prefix:
    PREFIX/lib/python3/dist-packages/srt_sandbox/_library.py."""
    lib = os.path.abspath(__file__)
    for _ in range(4):
        lib = os.path.dirname(lib)
    if not os.path.basename(lib).startswith("lib"):
        return []
    multiarch = sysconfig.get_config_var("MULTIARCH") or "."
    folders = (lib, os.path.join(lib, multiarch), os.path.join(os.path.dirname(lib), "lib64"))
    return [os.path.normpath(os.path.join(f, _table.SONAME)) for f in folders]


def candidates() -> List[str]:
    """What is tried, in this order. $SRT_LIBRARY stands alone: what is named there is meant."""
    named = os.environ.get("SRT_LIBRARY")
    if named:
        if not os.path.isabs(named):
            raise _errors.LibraryError(
                "SRT_LIBRARY: found %r, expected the absolute path of %s" % (named, _table.SONAME))
        return [named]
    return [path for path in beside_the_module() if os.path.exists(path)] + [_table.SONAME]


def _open() -> Tuple[ctypes.CDLL, str]:
    tried = []
    for path in candidates():
        try:
            return ctypes.CDLL(path), path
        except OSError as problem:
            tried.append(str(problem))
    raise _errors.LibraryError(
        "%s cannot be loaded (%s); install srt's library, or set SRT_LIBRARY to its absolute path"
        % (_table.SONAME, "; ".join(tried)))


def _bind(library: ctypes.CDLL, path: str) -> None:
    for name, (result, parameters) in _table.FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise _errors.LibraryError(
                "%s has no %s: it is older than this module, or another library of that name"
                % (path, name)) from None
        function.restype, function.argtypes = result, parameters


_lock = threading.Lock()
_loaded: Optional[ctypes.CDLL] = None


def library() -> Any:
    """The library, loaded at the first call. Calls of its functions release the interpreter."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                opened, path = _open()
                _bind(opened, path)
                _loaded = opened
    return _loaded


def to_bytes(value: Text, what: str) -> bytes:
    """Text as UTF-8, paths as the file system has them. A NUL would cut it off unseen."""
    if isinstance(value, (str, os.PathLike)):
        value = os.fsencode(value)
    if not isinstance(value, bytes):
        raise TypeError("%s: found %s, expected text or a path" % (what, type(value).__name__))
    if b"\0" in value:
        raise _errors.UsageError("%s: found a NUL byte in %r, expected text without" % (what, value))
    return value


def maybe_bytes(value: Optional[Text], what: str) -> Optional[bytes]:
    return None if value is None else to_bytes(value, what)


def to_text(value: Optional[bytes]) -> Optional[str]:
    return None if value is None else os.fsdecode(value)


def words(values: List[bytes]) -> Any:
    """A NULL-terminated array; whoever gets it keeps it as long as C may look at it."""
    return (ctypes.c_char_p * (len(values) + 1))(*values, None)


def from_words(pointer: Any) -> List[bytes]:
    found: List[bytes] = []
    while pointer and pointer[len(found)] is not None:
        found.append(pointer[len(found)])
    return found


def take_text(address: Optional[int]) -> Optional[str]:
    """Text that the library made for us: copied and freed."""
    if not address:
        return None
    try:
        return os.fsdecode(ctypes.string_at(address))
    finally:
        library().srt_free(address)


def call(name: str, *arguments: Any) -> Any:
    """Calls a function whose last parameter is srt_error **, and raises what it says."""
    lib = library()
    error = ctypes.c_void_p()
    result = getattr(lib, name)(*arguments, ctypes.byref(error))
    if not error:
        return result
    try:
        message = os.fsdecode(lib.srt_error_message(error) or b"")
        raise _errors.make(lib.srt_error_get_code(error), message)
    finally:
        lib.srt_error_free(error)


class Handle:
    """An object of the library, freed once: by close() of those that have it, or with this object.

    In a child of this process that was forked it must not be used, and is not freed."""

    _pointer: Optional[int] = None
    _pid = 0
    _what = "object"

    def _take(self, pointer: int) -> None:
        self._pointer = pointer
        self._pid = os.getpid()

    @property
    def _p(self) -> int:
        if self._pointer is None:
            raise _errors.UsageError("this %s is closed" % self._what)
        if self._pid != os.getpid():
            raise _errors.UsageError(
                "this %s belongs to process %d, of which this one is a fork; make one here"
                % (self._what, self._pid))
        return self._pointer

    def _release(self, free: str, _getpid: Any = os.getpid) -> None:
        pointer, self._pointer = self._pointer, None
        if pointer is not None and self._pid == _getpid() and _loaded is not None:
            getattr(_loaded, free)(pointer)
