# SPDX-License-Identifier: Apache-2.0
"""Makes the packages of the build tree: as they are, the same with a higher version, the tarball."""
from common import *

need("cpack", "dpkg-shlibdeps", "gzip", "strip")
for directory in (ONE, TWO, TARBALL):
    shutil.rmtree(directory, ignore_errors=True)
for directory, words in ((ONE, ["-G", "DEB"]), (TWO, ["-G", "DEB", "-R", "99.1"]), (TARBALL, ["-G", "TGZ"])):
    run("cpack", *words, "-B", directory, cwd=BUILD, umask=0o022)
names = [os.path.basename(f).split("_")[0] for f in packages(ONE)]
for name in ("srt", "srt-backend-bwrap", "srt-backend-landlock", "srt-backend-dev", "libsrt0", "libsrt-dev",
             "python3-srt-sandbox", "node-srt-sandbox"):
    expect(name in names, "%s is not among %r" % (name, names))
print("made: %s" % ", ".join(names))
