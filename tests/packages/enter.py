# SPDX-License-Identifier: Apache-2.0
"""enter.py ROOT USER DIRECTORY WORD...: becomes a program in a root, from a mount and a pid
namespace of its own. Not by chroot: the kernel makes no user namespace for who is in one."""
import ctypes
import os
import sys
import warnings  # noqa: os.execvp imports it, and there may be no Python in the root

MS_BIND, MS_REC, MNT_DETACH, SYS_PIVOT_ROOT = 4096, 16384, 2, {"x86_64": 155, "aarch64": 41}
libc = ctypes.CDLL(None, use_errno=True)


def call(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(what, where, kind=None, flags=0, data=None):
    call(libc.mount(*(x.encode() if x else None for x in (what, where, kind)), ctypes.c_ulong(flags),
                    data.encode() if data else None))


root, user, directory = sys.argv[1], int(sys.argv[2]), sys.argv[3]
mount(root, root, flags=MS_BIND)
os.chdir(root)
mount("proc", "proc", "proc")
mount("/dev", "dev", flags=MS_BIND | MS_REC)
mount("tmpfs", "tmp", "tmpfs", data="mode=1777")
call(libc.syscall(SYS_PIVOT_ROOT[os.uname().machine], b".", b"."))
call(libc.umount2(b".", MNT_DETACH))
os.chdir("/")
os.umask(0o022)
if user:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
os.chdir(directory)
os.execvp(sys.argv[4], sys.argv[4:])
