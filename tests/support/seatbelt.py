# SPDX-License-Identifier: Apache-2.0
"""The macOS backend on its double (tests/sbpl/simulate). What the double cannot do is a skip."""
import subprocess

from srttest import *

HERE = os.path.join(BUILD, "tests", "seatbelt")
MODULE = os.path.join(HERE, "seatbelt-double.so")


def tools(lab):
    """A directory with the doubles; their records go there too."""
    place = os.path.join(lab.top, "tools")
    if os.path.isdir(place):
        return place
    if not os.path.exists(MODULE):
        raise Skip("the double is only built on Linux, x86-64")
    os.mkdir(place)
    os.symlink(os.path.join(HERE, "sandbox-exec"), os.path.join(place, "sandbox-exec"))
    shutil.copy(os.path.join(HERE, "log"), place)
    lab.write(os.path.join(place, "records"))
    r = subprocess.run([os.path.join(place, "sandbox-exec"), "-p", "(version 1)(allow default)",
                        "/bin/true"], stderr=subprocess.PIPE)
    if r.returncode != 0:
        raise Skip("the double cannot run here: %s" % r.stderr.decode())
    return place


def run(lab, settings, *args, env=None, **more):
    extra = dict(env or {}, SRT_TEST_SEATBELT_TOOLS=tools(lab))
    return lab.srt(settings, "--backend=" + MODULE, *args, env=lab.env(**extra), **more)


def sh(lab, settings, text, **more):
    return run(lab, settings, "-c", text, **more)


def records(lab):
    """(operation, target) of every denial that was logged."""
    found = []
    for line in lab.read(os.path.join(tools(lab), "records")).splitlines():
        message = json.loads(line)["eventMessage"].split("\n")
        m = re.match(r"Sandbox: .*\(\d+\) deny\(1\) (\S+) ?(.*)$", "\n".join(message[:-1]), re.S)
        expect(re.fullmatch(r"SRT\d+_[0-9a-f]{24}_SRT", message[-1]), message)
        found.append((m.group(1), m.group(2)))
    return found


def profile_of(lab, settings):
    """The profile for a command with these settings, as text."""
    words = [SRTCTL, "plan", "-j", "-s", settings, "--backend=" + MODULE, "--", "true"]
    r = subprocess.run(words, cwd=lab.work, env=lab.env(SRT_TEST_SEATBELT_TOOLS=tools(lab)),
                       stdout=subprocess.PIPE, text=True, errors="surrogateescape", check=True)
    return json.loads(r.stdout)["launch"]["argv"][2]


def without(profile, family, head):
    """The profile without the rules of a family, named by a part of its title, that begin so."""
    kept, title, found = [], "", 0
    for form in re.split(r"\n(?=[(;])", profile):
        if form.startswith("; "):
            title = form
        if family in title and form.startswith(head):
            found += 1
        else:
            kept.append(form)
    expect(found, "no rule %r of %r in\n%s" % (head, family, profile))
    return "\n".join(kept) + "\n"


def in_profile(lab, profile, text, fold=False):
    """Runs shell text in the profile as it is; gives its standard output."""
    env = lab.env(SRT_SIMULATE_FOLD="1" if fold else None)
    r = subprocess.run([os.path.join(tools(lab), "sandbox-exec"), "-p", profile, "/bin/bash", "-c", text], cwd=lab.work,
                       env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return r.stdout.decode(errors="surrogateescape")
