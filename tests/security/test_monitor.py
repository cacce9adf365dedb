# SPDX-License-Identifier: Apache-2.0
"""What `monitor` says is observed: what the rules refuse becomes a record, with the rule."""
from escape import *

TEXT = "cat {0}/f; ls {0}; {0}/f; (exec 3< {0}/f); cat < other; true"


def records(lab):
    p = subprocess.run([SRTCTL, "violations", "--last", "--json"], cwd=lab.work, env=lab.env(XDG_STATE_HOME=None),
                       stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in p.stdout.splitlines()]


def run(lab, monitor, text=TEXT):
    """The records of one run as operation and target: what else they say."""
    secret = os.path.join(lab.out, "secret")
    lab.write(os.path.join(secret, "f"), "#!/bin/sh\necho %s\n" % WON, mode=0o755)
    lab.write("other", "text\n")
    s = lab.settings(filesystem={"denyRead": [secret]}, monitor=monitor)
    null = lab.sh(s, text.format(secret), null=True)
    expect_in(WON, null.out)
    r = lab.sh(s, text.format(secret), env=lab.env(XDG_STATE_HOME=None))
    expect(WON not in r.out, repr(r))
    found = {}
    for one in records(lab):
        found.setdefault((one["operation"], one["target"]), []).append(one)
    return secret, r, found


@case
def full_records_refused_reads(lab):
    secret, r, found = run(lab, "full")
    # To a mask of bubblewrap's, execution is a read.
    masked = BACKEND != "landlock" and not found["read", secret][0]["attempt"]
    for key in (("read", secret + "/f"), ("read", secret), ("read" if masked else "exec", secret + "/f")):
        expect(key in found, "no record of %s: %r %r" % (key, sorted(found), r))
        one = found[key][0]
        expect_eq((one["rule"], one["tampering"]), ("filesystem.denyRead[0]", False))
        # Under bubblewrap a mask may have refused it; then that is known.
        expect(one["attempt"] or BACKEND != "landlock", repr(one))
    programs = {os.path.basename(one["program"]) for one in found["read", secret + "/f"]}
    expect("cat" in programs, repr(programs))
    expect_in("text", r.out)
    expect_eq({target for _, target in found if not target.startswith(secret)}, set(), "what may be read is no refusal")


@case
def reads_are_not_observed_otherwise(lab):
    # Masks see reads at "default" too.
    for monitor in ("default", "off") if BACKEND == "landlock" else ("off",):
        secret, r, found = run(lab, monitor, TEXT + "; echo x > {0}/f")
        expect_eq([key for key in found if key[0] in ("read", "exec")], [], "%s: %r" % (monitor, r))


@case
def full_goes_on_to_record_writes(lab):
    secret, _, found = run(lab, "full", TEXT + "; echo x > %s/w; true" % lab.out)
    expect([key for key in found if key[1] == lab.out + "/w"], repr(sorted(found)))
    expect(("read", secret) in found, repr(sorted(found)))


if __name__ == "__main__":
    main()
