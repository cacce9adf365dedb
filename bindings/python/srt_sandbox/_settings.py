# SPDX-License-Identifier: Apache-2.0
"""Settings: what a command may read, write and reach. The keys are those of a settings file."""
from __future__ import annotations

import ctypes
import json
import os
from typing import Any, Dict, Mapping, Optional, Union

from . import _errors, _library

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


class Settings(_library.Handle):
    """Settings as srt-settings(5) describes them. Empty ones are the built-in defaults: no host may
    be reached, the working directory may be written.

    Every method that changes something checks it at once, leaves everything as it was when it is
    wrong, and returns the settings, so that calls can be chained. One thread at a time."""

    _what = "settings object"

    def __init__(self, values: Optional[Mapping[str, Any]] = None, *, directory: Optional[Path] = None) -> None:
        """values: as JSON has them in a file. directory: absolute, what "extends" is relative to."""
        if values is None:
            self._take(_library.library().srt_settings_new())
        else:
            self._take(_from_text(_dump(dict(values)), "settings", directory))

    @classmethod
    def _of(cls, pointer: int) -> "Settings":
        made = cls.__new__(cls)
        made._take(pointer)
        return made

    @classmethod
    def from_file(cls, path: Optional[Path] = None) -> "Settings":
        """Those of a file, read now. None: ~/.srt-settings.json, which may be missing."""
        return cls._of(_library.call("srt_settings_from_file", _library.maybe_bytes(path, "path")))

    @classmethod
    def from_text(cls, text: Union[str, bytes], *, label: Optional[str] = None,
                  directory: Optional[Path] = None) -> "Settings":
        """Those of text as in a file. label: what messages call it."""
        return cls._of(_from_text(text, label, directory))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], *, directory: Optional[Path] = None) -> "Settings":
        return cls(values, directory=directory)

    def append(self, key: str, *values: Path) -> "Settings":
        """More entries for a list, as append("filesystem.allowWrite", "~/out"). Nothing is added
        when one of them is wrong."""
        changed = self.copy()
        for value in values:
            _library.call("srt_settings_append", changed._p, _library.to_bytes(key, "key"),
                          _library.to_bytes(value, key))
        return self._become(changed)

    def set(self, key: str, value: Any) -> "Settings":
        """Any key to a text, a truth value, a whole number, or what JSON makes of value."""
        name = _library.to_bytes(key, "key")
        if isinstance(value, bool):
            _library.call("srt_settings_set_bool", self._p, name, value)
        elif isinstance(value, int) and -2**63 <= value < 2**63:
            _library.call("srt_settings_set_number", self._p, name, value)
        elif isinstance(value, (str, os.PathLike)):
            _library.call("srt_settings_set_text", self._p, name, _library.to_bytes(value, key))
        else:
            _library.call("srt_settings_set_json", self._p, name, _dump(value))
        return self

    def unset(self, key: str) -> "Settings":
        """Takes a key away, so that its default counts."""
        _library.call("srt_settings_unset", self._p, _library.to_bytes(key, "key"))
        return self

    def merge(self, over: "SettingsLike") -> "Settings":
        """Puts others over these: inside of sections key by key, lists as a whole."""
        made = coerce(over)  # held during the call
        _library.call("srt_settings_merge", self._p, made._p)
        return self

    def allow_hosts(self, *hosts: str) -> "Settings":
        return self.append("network.allowedDomains", *hosts)

    def deny_hosts(self, *hosts: str) -> "Settings":
        return self.append("network.deniedDomains", *hosts)

    def allow_write(self, *paths: Path) -> "Settings":
        """The first of all takes the place of the default, the working directory (".")."""
        return self.append("filesystem.allowWrite", *paths)

    def deny_write(self, *paths: Path) -> "Settings":
        return self.append("filesystem.denyWrite", *paths)

    def deny_read(self, *paths: Path) -> "Settings":
        return self.append("filesystem.denyRead", *paths)

    def allow_read(self, *paths: Path) -> "Settings":
        """What is to be read below a path of deny_read."""
        return self.append("filesystem.allowRead", *paths)

    def copy(self) -> "Settings":
        return Settings._of(_library.library().srt_settings_copy(self._p))

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> "Settings":
        return self.copy()

    def to_json(self) -> str:
        """The text that a file would have."""
        return _library.take_text(_library.library().srt_settings_to_json(self._p)) or "{}"

    def to_dict(self) -> Dict[str, Any]:
        found = json.loads(self.to_json())
        assert isinstance(found, dict)
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Settings(%r)" % (self.to_dict() if self._pointer else None,)

    def _become(self, changed: "Settings") -> "Settings":
        self._pointer, changed._pointer = changed._p, self._p
        return self

    def __del__(self) -> None:
        self._release("srt_settings_free")


SettingsLike = Union[Settings, Mapping[str, Any]]


def coerce(settings: SettingsLike) -> Settings:
    if isinstance(settings, Settings):
        return settings
    if isinstance(settings, Mapping):
        return Settings(settings)
    raise TypeError("settings: found %s, expected Settings or a dictionary" % type(settings).__name__)


def address(settings: Optional[Settings]) -> Optional[ctypes.c_void_p]:
    return None if settings is None else ctypes.c_void_p(settings._p)


def _dump(value: Any) -> bytes:
    try:
        return json.dumps(value, allow_nan=False, default=_path).encode("ascii")
    except (TypeError, ValueError) as problem:
        raise _errors.SettingsError("settings: %s; expected what JSON can hold" % problem) from None


def _path(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    raise TypeError("found %s" % type(value).__name__)


def _from_text(text: Union[str, bytes], label: Optional[str], directory: Optional[Path]) -> int:
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else bytes(text)
    found: int = _library.call("srt_settings_from_text", data, len(data), _library.maybe_bytes(label, "label"),
                               _library.maybe_bytes(directory, "directory"))
    return found
