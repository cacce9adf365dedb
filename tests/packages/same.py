# SPDX-License-Identifier: Apache-2.0
"""Built again: from a copy of the source in a directory with a longer name, later, with another
umask, language and time zone. Every byte of every package has to be the same."""
import hashlib
import re

from common import *

need("cpack", "cmake", "tar")
AGAIN = os.path.join(PLACE, "again/in-a-directory-with-a-longer-name")
TARGETS = ["srt", "srtctl", "srt-inside", "srt_backend_bwrap", "srt_backend_landlock"]


def cache(name):
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        return re.search(r"^%s:\w+=(.*)$" % name, f.read(), re.M).group(1)


def sums(directory):
    found = {}
    for name in sorted(os.listdir(directory)):
        if name.endswith((".deb", ".tar.gz")):
            with open(os.path.join(directory, name), "rb") as f:
                found[name] = hashlib.sha256(f.read()).hexdigest()
    return found


source, build = os.path.join(AGAIN, "source"), os.path.join(AGAIN, "build")
shutil.rmtree(os.path.dirname(AGAIN), ignore_errors=True)
os.makedirs(source)
run("sh", "-c", 'tar -C "$1" --exclude=./build --exclude=./.git -cf - . | tar -C "$2" -xf -', "sh", SOURCE, source)
other = dict(os.environ, TZ="Asia/Tokyo", LANG="C", LC_ALL="C", HOME="/nowhere", USER="somebody")
other.pop("SOURCE_DATE_EPOCH", None)
more = dict(env=other, umask=0o077)
run("cmake", "-G", "Ninja", "-S", source, "-B", build, "-DSRT_TESTS=OFF",
    *("-D%s=%s" % (n, cache(n)) for n in ("CMAKE_BUILD_TYPE", "CMAKE_C_COMPILER", "SRT_STATIC_DEPS")), **more)
targets = TARGETS + (["srt_library"] if [f for f in os.listdir(ONE) if f.startswith("libsrt0")] else [])
run("cmake", "--build", build, "--target", *targets, **more)
for generator in ("DEB", "TGZ"):
    run("cpack", "-G", generator, "-B", os.path.join(AGAIN, "out"), cwd=build, **more)
first, second = {**sums(ONE), **sums(TARBALL)}, sums(os.path.join(AGAIN, "out"))
expect(len(first) >= 5 and first == second, "not the same:\n%r\n%r" % (first, second))
shutil.rmtree(os.path.dirname(AGAIN))
print("the same bytes: %s" % ", ".join(first))
