# SPDX-License-Identifier: Apache-2.0
"""on_double.py CASES.py...: cases through srt with the macOS backend on its double. What does not
hold there is in tests/support/exclusions.json. The double is no boundary: what an attack as
root would do to mounts happens in a namespace that goes away."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.join(os.environ["SRT_BUILD_DIR"], "tests", "seatbelt")


def main():
    place = tempfile.mkdtemp(prefix="srt-double-", dir="/var/tmp")
    os.chmod(place, 0o755)
    words = [sys.executable]
    if os.getuid() == 0:
        words = ["unshare", "--mount", "--propagation", "private", "--"] + words
        if not shutil.which("unshare") or subprocess.run(words[:-1] + ["true"]).returncode != 0:
            print("as root this needs a mount namespace of its own")
            return 77
    try:
        for name in ("sandbox-exec", "log"):
            shutil.copy(os.path.join(HERE, name), place)
        with open(os.path.join(place, "records"), "w"):
            pass
        probe = subprocess.run([os.path.join(place, "sandbox-exec"), "-p", "(version 1)(allow default)", "/bin/true"])
        if probe.returncode != 0:
            print("the double cannot run here")
            return 77
        env = dict(os.environ, SRT_TEST_SEATBELT_TOOLS=place, SRT_TEST_BACKEND=os.path.join(HERE, "seatbelt-double.so"))
        return max([subprocess.run(words + [cases], env=env).returncode for cases in sys.argv[1:]])
    finally:
        shutil.rmtree(place, ignore_errors=True)


sys.exit(main())
