# SPDX-License-Identifier: Apache-2.0
"""An agent's work: a hundred commands of one session, each with rules of its own."""
import asyncio
import os
import subprocess

from support import Case, eventually, main, targets

COMMANDS = 100


class Agent(Case):
    def by_run(self, session, text, **more):
        done = self.sh(session, text, **more)
        return done.stdout, done.records

    def by_wrap(self, session, text, **more):
        with session.wrap(text, shell=True, **more) as wrapped:
            done = subprocess.run(**wrapped.popen_kwargs(capture_output=True, text=True))
        self.assertTrue(eventually(lambda: len(session.records(wrapped)) >= 1, 30))
        return done.stdout, session.records(wrapped)

    def by_async(self, session, text, **more):
        done = asyncio.run(session.run_async(text, shell=True, capture_output=True, text=True, **more))
        return done.stdout, done.records

    def test_a_hundred_commands(self):
        session = self.session({"filesystem": {"allowWrite": []}}, keep_records=1000)
        ways = (self.by_run, self.by_run, self.by_wrap, self.by_async)
        for step in range(COMMANDS):
            os.mkdir("step%d" % step)
            before = "%s/step%d/again" % (self.work, step - 1) if step else self.out + "/again"
            text = "mkdir step%d/made && echo made; mkdir %s %s/made || echo refused" % (step, before, self.out)
            out, records = ways[step % len(ways)](
                session, text, command_id="step %d" % step,
                settings={"filesystem": {"allowWrite": ["./step%d" % step]}})
            self.assertEqual(out, "made\nrefused\n")
            self.assertEqual({r.command_id for r in records}, {"step %d" % step})
            self.assertEqual(targets(records), {before, self.out + "/made"})
        self.assertEqual(len(session.records()), session.record_total)
        self.assertEqual({r.command_id for r in session.records()}, {"step %d" % i for i in range(COMMANDS)})
        self.assertEqual(session.settings().to_dict(), {"filesystem": {"allowWrite": []}})


if __name__ == "__main__":
    main()
