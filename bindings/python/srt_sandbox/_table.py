# SPDX-License-Identifier: Apache-2.0
"""The interface of libsrt as data: structures, constants and functions of <srt/srt.h>.

tests/test_table.py holds all of it against the header and against what a C compiler makes of it.
"""
from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, c_bool, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint16, c_uint32, c_uint64, c_void_p
from typing import Any, Dict, Tuple

SONAME = "libsrt.0.dylib" if sys.platform == "darwin" else "libsrt.so.0"

# srt_error_code
ERROR_CODES = {
    "SRT_E_USAGE": 1,
    "SRT_E_SETTINGS": 2,
    "SRT_E_UNSUPPORTED": 3,
    "SRT_E_NOT_FOUND": 4,
    "SRT_E_SYSTEM": 5,
    "SRT_E_PROTOCOL": 6,
    "SRT_E_TIMEOUT": 7,
}

# srt_operation
OPERATIONS = {
    "SRT_OP_READ": 0,
    "SRT_OP_WRITE": 1,
    "SRT_OP_CREATE": 2,
    "SRT_OP_DELETE": 3,
    "SRT_OP_RENAME": 4,
    "SRT_OP_EXEC": 5,
    "SRT_OP_CONNECT": 6,
    "SRT_OP_RESOLVE": 7,
    "SRT_OP_UNIX": 8,
    "SRT_OP_SIGNAL": 9,
    "SRT_OP_SYSCALL": 10,
}

FLAGS = {
    "SRT_VIOLATION_ATTEMPT": 1 << 0,
    "SRT_VIOLATION_TAMPERING": 1 << 1,
    "SRT_SESSION_END_ALL": 1 << 0,
    "SRT_SESSION_QUIET": 1 << 1,
    "SRT_COMMAND_KEEP": 1 << 0,
    "SRT_COMMAND_NEW_GROUP": 1 << 1,
}


class Record(ctypes.Structure):
    C_NAME = "srt_record"
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("operation", c_int),
        ("pid", c_int32),
        ("time_us", c_int64),
        ("last_us", c_int64),
        ("count", c_uint64),
        ("program", c_char_p),
        ("target", c_char_p),
        ("rule", c_char_p),
        ("reason", c_char_p),
        ("backend", c_char_p),
        ("command_id", c_char_p),
        ("command", c_char_p),
        ("session", c_char_p),
        ("line", c_char_p),
    ]


# Results of `char *` that are the caller's stay addresses, so that they can be freed.
OWNED_TEXT = c_void_p
ASK_CALLBACK = ctypes.CFUNCTYPE(None, c_void_p, c_void_p)
RECORD_CALLBACK = ctypes.CFUNCTYPE(None, c_void_p, POINTER(Record))


class SessionOptions(ctypes.Structure):
    C_NAME = "srt_session_options"
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("program", c_char_p),
        ("backend", c_char_p),
        ("allow_unenforced", c_char_p),
        ("ask", ASK_CALLBACK),
        ("record", RECORD_CALLBACK),
        ("data", c_void_p),
        ("keep_records", c_uint32),
        ("reserved", c_uint32),
    ]


class Command(ctypes.Structure):
    C_NAME = "srt_command"
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("argv", POINTER(c_char_p)),
        ("shell", c_char_p),
        ("shell_program", c_char_p),
        ("env", POINTER(c_char_p)),
        ("cwd", c_char_p),
        ("id", c_char_p),
        ("text", c_char_p),
        ("settings", c_void_p),
        ("stdin_plus_1", c_int32),
        ("stdout_plus_1", c_int32),
        ("stderr_plus_1", c_int32),
        ("reserved", c_uint32),
    ]


class Query(ctypes.Structure):
    C_NAME = "srt_query"
    _fields_ = [
        ("struct_size", c_uint32),
        ("operations", c_uint32),
        ("since_us", c_int64),
        ("command", c_char_p),
        ("session", c_char_p),
        ("limit", c_uint32),
        ("reserved", c_uint32),
    ]


STRUCTURES = (Record, SessionOptions, Command, Query)

OBJECT = c_void_p  # srt_settings *, srt_session *, …
ERROR = POINTER(c_void_p)  # srt_error **
WORDS = POINTER(c_char_p)  # const char *const *

# name -> (result, parameters)
FUNCTIONS: Dict[str, Tuple[Any, Tuple[Any, ...]]] = {
    "srt_version": (c_char_p, ()),
    "srt_free": (None, (OWNED_TEXT,)),
    "srt_error_get_code": (c_int, (OBJECT,)),
    "srt_error_message": (c_char_p, (OBJECT,)),
    "srt_error_free": (None, (OBJECT,)),
    "srt_operation_name": (c_char_p, (c_int,)),
    "srt_settings_new": (OBJECT, ()),
    "srt_settings_from_file": (OBJECT, (c_char_p, ERROR)),
    "srt_settings_from_text": (OBJECT, (c_char_p, c_size_t, c_char_p, c_char_p, ERROR)),
    "srt_settings_copy": (OBJECT, (OBJECT,)),
    "srt_settings_free": (None, (OBJECT,)),
    "srt_settings_append": (c_int, (OBJECT, c_char_p, c_char_p, ERROR)),
    "srt_settings_set_text": (c_int, (OBJECT, c_char_p, c_char_p, ERROR)),
    "srt_settings_set_bool": (c_int, (OBJECT, c_char_p, c_bool, ERROR)),
    "srt_settings_set_number": (c_int, (OBJECT, c_char_p, c_int64, ERROR)),
    "srt_settings_set_json": (c_int, (OBJECT, c_char_p, c_char_p, ERROR)),
    "srt_settings_unset": (c_int, (OBJECT, c_char_p, ERROR)),
    "srt_settings_merge": (c_int, (OBJECT, OBJECT, ERROR)),
    "srt_settings_to_json": (OWNED_TEXT, (OBJECT,)),
    "srt_question_host": (c_char_p, (OBJECT,)),
    "srt_question_port": (c_uint16, (OBJECT,)),
    "srt_question_protocol": (c_char_p, (OBJECT,)),
    "srt_question_command_id": (c_char_p, (OBJECT,)),
    "srt_question_command": (c_char_p, (OBJECT,)),
    "srt_question_answer": (None, (OBJECT, c_bool)),
    "srt_session_new": (OBJECT, (OBJECT, POINTER(SessionOptions), ERROR)),
    "srt_session_free": (None, (OBJECT,)),
    "srt_session_update": (c_int, (OBJECT, OBJECT, ERROR)),
    "srt_session_settings": (OBJECT, (OBJECT,)),
    "srt_session_plan": (OWNED_TEXT, (OBJECT, c_char_p, ERROR)),
    "srt_session_check": (c_int, (OBJECT, POINTER(OWNED_TEXT), ERROR)),
    "srt_session_spawn": (OBJECT, (OBJECT, POINTER(Command), ERROR)),
    "srt_process_wait": (c_int, (OBJECT, c_int, POINTER(c_int), ERROR)),
    "srt_process_failure": (c_char_p, (OBJECT,)),
    "srt_process_pollfd": (c_int, (OBJECT,)),
    "srt_process_pid": (c_int, (OBJECT,)),
    "srt_process_signal": (c_int, (OBJECT, c_int, ERROR)),
    "srt_process_command_id": (c_char_p, (OBJECT,)),
    "srt_process_free": (None, (OBJECT,)),
    "srt_session_wrap": (OBJECT, (OBJECT, POINTER(Command), ERROR)),
    "srt_wrapped_argv": (WORDS, (OBJECT,)),
    "srt_wrapped_env": (WORDS, (OBJECT,)),
    "srt_wrapped_fd": (c_int, (OBJECT,)),
    "srt_wrapped_free": (None, (OBJECT,)),
    "srt_session_wrap_shell": (OWNED_TEXT, (OBJECT, POINTER(Command), ERROR)),
    "srt_session_forget": (None, (OBJECT, c_char_p)),
    "srt_session_records": (OBJECT, (OBJECT, c_char_p)),
    "srt_session_record_total": (c_uint64, (OBJECT,)),
    "srt_session_clear_records": (None, (OBJECT,)),
    "srt_session_subscribe": (c_uint32, (OBJECT, RECORD_CALLBACK, c_void_p)),
    "srt_session_unsubscribe": (None, (OBJECT, c_uint32)),
    "srt_session_annotate": (OWNED_TEXT, (OBJECT, c_char_p, c_char_p)),
    "srt_records_query": (OBJECT, (POINTER(Query), ERROR)),
    "srt_records_count": (c_size_t, (OBJECT,)),
    "srt_records_get": (POINTER(Record), (OBJECT, c_size_t)),
    "srt_records_free": (None, (OBJECT,)),
}
