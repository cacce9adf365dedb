# SPDX-License-Identifier: Apache-2.0
"""An attack that is shown to work without the sandbox and to fail in it."""
from srttest import *

WON = "ESCAPED"


def attack(lab, settings, text, prepare=None, cwd=None, undo=None, **more):
    """text is shell that prints WON for each step that got through."""
    for null in (True, False):
        if prepare:
            prepare()
        r = lab.sh(settings, text, null=null, cwd=cwd, **more)
        if null:
            expect_in(WON, r.out, "the attack itself does not work: %r" % r)
            if undo:
                undo()
        else:
            expect(WON not in r.out, "got through: %r" % r)
            return r
