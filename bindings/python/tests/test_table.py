# SPDX-License-Identifier: Apache-2.0
"""The module's table of the interface against the header, and against what C makes of it."""
import ctypes
import os
import re
import subprocess
import tempfile
import threading
import unittest

from support import BUILD, SOURCE, main, srt
from srt_sandbox import _callbacks, _errors, _library, _records, _table

INCLUDE = os.path.join(SOURCE, "core", "include")


def header(name):
    with open(os.path.join(INCLUDE, "srt", name), encoding="utf-8") as f:
        return re.sub(r"/\*.*?\*/", " ", f.read(), flags=re.S)


def split(parameters):
    parameters = " ".join(parameters.split())
    return [] if parameters == "void" else [p.strip() for p in parameters.split(",")]


def functions():
    found = re.findall(r"SRT_API\s+([^;(]*?[\s*])(srt_\w+)\(([^)]*)\)\s*;", header("srt.h"))
    return {name: (" ".join(result.split()), split(parameters)) for result, name, parameters in found}


def ctype(text, result=False):
    """What a declaration is in ctypes."""
    if text == "void":
        return None
    text = text if result else re.sub(r"\w+$", "", text).strip()
    if result and text == "char *":
        return _table.OWNED_TEXT
    plain = {"bool": ctypes.c_bool, "int": ctypes.c_int, "size_t": ctypes.c_size_t, "int64_t": ctypes.c_int64,
             "uint16_t": ctypes.c_uint16, "uint32_t": ctypes.c_uint32, "uint64_t": ctypes.c_uint64,
             "srt_error_code": ctypes.c_int, "srt_operation": ctypes.c_int,
             "const char *": ctypes.c_char_p, "char *": _table.OWNED_TEXT,
             "const char *const *": _table.WORDS, "char **": ctypes.POINTER(_table.OWNED_TEXT),
             "int *": ctypes.POINTER(ctypes.c_int), "void *": ctypes.c_void_p, "srt_error **": _table.ERROR,
             "srt_record_callback": _table.RECORD_CALLBACK, "srt_ask_callback": _table.ASK_CALLBACK}
    if text in plain:
        return plain[text]
    named = re.fullmatch(r"(?:const )?(srt_\w+) \*", text)
    structures = {s.C_NAME: ctypes.POINTER(s) for s in _table.STRUCTURES}
    return structures.get(named.group(1), _table.OBJECT)


def enumeration(name, of):
    body = re.search(r"typedef enum %s \{(.*?)\}" % name, header(of), re.S).group(1)
    return {n: int(v) for n, v in re.findall(r"(\w+) = (\d+)", body)}


class Table(unittest.TestCase):
    def test_every_function_is_there_with_its_types(self):
        declared = functions()
        self.assertGreater(len(declared), 50)
        self.assertEqual(len(re.findall(r"^SRT_API\b", header("srt.h"), re.M)), len(declared))
        self.assertEqual(set(declared), set(_table.FUNCTIONS))
        for name, (result, parameters) in declared.items():
            with self.subTest(name):
                bound = _table.FUNCTIONS[name]
                self.assertEqual(bound[0], ctype(result, True))
                self.assertEqual(list(bound[1]), [ctype(p) for p in parameters])

    def test_the_parser_sees_a_difference(self):
        self.assertEqual(ctype("const char *key"), ctypes.c_char_p)
        self.assertNotEqual(ctype("int64_t value"), ctypes.c_int)

    def test_the_library_has_them(self):
        for name in _table.FUNCTIONS:
            self.assertTrue(getattr(_library.library(), name))

    def test_every_function_is_used(self):
        text = ""
        folder = os.path.dirname(srt.__file__)
        for name in os.listdir(folder):
            if name.endswith(".py") and name != "_table.py":
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    text += f.read()
        self.assertEqual([n for n in _table.FUNCTIONS if not re.search(r"\b%s\b" % n, text)], [])

    def test_numbers(self):
        self.assertEqual(enumeration("srt_error_code", "srt.h"), _table.ERROR_CODES)
        self.assertEqual(enumeration("srt_operation", "violation.h"), _table.OPERATIONS)
        self.assertEqual({"SRT_OP_" + o.name: o.value for o in _records.Operation}, _table.OPERATIONS)
        self.assertEqual(sorted(_errors._CLASSES), sorted(_table.ERROR_CODES.values()))
        flags = re.findall(r"#define (SRT_(?:SESSION|COMMAND|VIOLATION)_\w+) \(1u << (\d+)\)",
                           header("srt.h") + header("violation.h"))
        self.assertEqual({name: 1 << int(bit) for name, bit in flags}, _table.FLAGS)

    def test_structures_are_those_of_c(self):
        lines = []
        for structure in _table.STRUCTURES:
            c = structure.C_NAME
            lines.append('printf("%s %%zu\\n", sizeof(%s));' % (c, c))
            for field in structure._fields_:
                lines.append('printf("%s.%s %%zu %%zu\\n", offsetof(%s, %s), sizeof(((%s *)0)->%s));'
                             % (c, field[0], c, field[0], c, field[0]))
        found = self.compiled("#include <stddef.h>\n#include <stdio.h>\n#include <srt/srt.h>\n"
                              "int main(void) { %s return 0; }\n" % "\n".join(lines))
        wanted = []
        for structure in _table.STRUCTURES:
            wanted.append("%s %d" % (structure.C_NAME, ctypes.sizeof(structure)))
            for field in structure._fields_:
                at = getattr(structure, field[0])
                wanted.append("%s.%s %d %d" % (structure.C_NAME, field[0], at.offset, at.size))
        self.assertEqual(found, wanted)

    def test_structures_have_every_member(self):
        for structure in _table.STRUCTURES:
            body = re.search(r"typedef struct %s \{(.*?)\} %s;" % (structure.C_NAME, structure.C_NAME),
                             header("srt.h"), re.S).group(1)
            members = []
            for declaration in body.split(";"):
                members += re.findall(r"(\w+)\s*(?:,|$)", declaration.strip())
            self.assertEqual(members, [field[0] for field in structure._fields_])

    def compiled(self, text):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as top:
            with open(top + "/sizes.c", "w") as f:
                f.write(text)
            subprocess.run([os.environ.get("SRT_CC", "cc"), "-I", INCLUDE, "-I", os.path.join(BUILD, "include"),
                            top + "/sizes.c", "-o", top + "/sizes"], check=True)
            return subprocess.run([top + "/sizes"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()

    def test_a_smaller_record_of_an_older_library(self):
        filled = _table.Record(struct_size=_table.Record.reason.offset, operation=6, count=3, target=b"example.com:443",
                               rule=b"network", reason=b"not to be looked at", line=b"neither")
        record = _records.record_of(filled)
        self.assertEqual((record.operation, record.target, record.count, record.rule),
                         (6, "example.com:443", 3, "network"))
        self.assertEqual((record.reason, record.command_id, record.line), (None, None, ""))

    def test_an_operation_of_a_later_library(self):
        filled = _table.Record(struct_size=ctypes.sizeof(_table.Record), operation=99, target=b"x", line=b"deny x")
        self.assertEqual(_records.record_of(filled).operation, 99)

    def test_calls_that_nobody_expects_are_refused(self):
        answers = []
        question = _callbacks.Question.__new__(_callbacks.Question)
        question._answer, question._pointer = lambda p, allow: answers.append((p, allow)), 17
        question._lock, question._pid = threading.Lock(), os.getpid()
        self.assertTrue(question.answer(True))
        self.assertFalse(question.answer(False))
        self.assertEqual(answers, [(17, True)])
        self.assertIsNone(_callbacks._find(None))


if __name__ == "__main__":
    main()
