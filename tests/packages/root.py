# SPDX-License-Identifier: Apache-2.0
"""Makes a root of this machine's release with its essential packages, from the mirror that this
machine is configured for."""
from common import *

need("mmdebstrap", "apt-get", "apt-config")
ABOUT = {}
with open("/etc/os-release", encoding="utf-8") as f:
    for line in f:
        key, _, value = line.strip().partition("=")
        ABOUT[key] = value.strip('"')
if ABOUT.get("ID") != "debian":
    skip("this machine is no Debian")
RELEASE = ABOUT["VERSION_CODENAME"]


def mirror():
    found = run("apt-get", "indextargets", "--format", "$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)",
                "Created-By: Packages").stdout
    for line in found.splitlines():
        origin, release, component, uri = line.split("|")
        if origin == "Debian" and component == "main" and release in (RELEASE, ABOUT["VERSION"].split()[0]):
            return uri
    skip("apt knows no mirror of %s here" % RELEASE)


# How this machine reaches it: proxies, and how old its lists may be.
options = []
for line in run("apt-config", "dump").stdout.splitlines():
    name = line.split(" ")[0].lower()
    if name.startswith("acquire::") and ("proxy" in name or "check-" in name):
        options.append("--aptopt=" + line.rstrip(";"))
shutil.rmtree(ROOT, ignore_errors=True)
# libsqlite3-0 is what srt itself depends on, python3 what the module does; the rest is of
# essential packages.
r = run("mmdebstrap", "--variant=essential", "--mode=root", "--format=directory", "--dpkgopt=force-unsafe-io",
        "--aptopt=Acquire::Languages \"none\"", *options, "--include=bubblewrap,libsqlite3-0,python3",
        "--dpkgopt=path-exclude=/usr/share/locale/*", RELEASE, ROOT, mirror(), status=None, umask=0o022)
if r.returncode != 0:
    shutil.rmtree(ROOT, ignore_errors=True)
    skip("no root could be made; is the mirror out of reach?\n" + r.both[-2000:])
with open(os.path.join(ROOT, "etc/passwd"), "a", encoding="utf-8") as f:
    f.write("user:x:%d:%d::/home/user:/bin/bash\n" % (USER, USER))
home = os.path.join(ROOT, "home/user")
os.mkdir(home)
os.chown(home, USER, USER)
print("a root of %s" % RELEASE)
