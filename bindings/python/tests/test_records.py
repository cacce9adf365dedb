# SPDX-License-Identifier: Apache-2.0
"""What was refused: told, kept, attributed, found again."""
import datetime
import os
import threading

from support import Case, eventually, main, python, srt, targets


class Records(Case):
    def test_operations_have_names(self):
        self.assertEqual([srt.operation_name(o) for o in srt.Operation], [o.name.lower() for o in srt.Operation])
        self.assertEqual(srt.operation_name(99), "?")

    def test_one_record(self):
        started = datetime.datetime.now(datetime.timezone.utc)
        done = self.sh(self.session(), "echo >%s/x" % self.out, command_id="build-7", command_text="a build")
        record = [r for r in done.records if r.target == self.out + "/x"][0]
        self.assertIn(record.operation, (srt.Operation.CREATE, srt.Operation.WRITE))
        self.assertEqual((record.command_id, record.command, record.rule),
                         ("build-7", "a build", "filesystem.allowWrite"))
        self.assertEqual((len(record.session), record.count >= 1, record.time <= record.last), (16, True, True))
        self.assertLess(abs((record.time - started).total_seconds()), 60)
        self.assertIn(self.out + "/x", record.line)
        self.assertEqual((done.command_id, bool(record.program), bool(record.pid)), ("build-7", True, True))

    def test_twenty_in_parallel(self):
        session, told = self.session(keep_records=1000), []
        session.subscribe(told.append)
        running = [session.spawn("echo >%s/%d" % (self.out, i), shell=True, stderr=srt.DEVNULL) for i in range(20)]
        for i, process in enumerate(running):
            done = process.complete()
            self.assertEqual(targets(done.records), {"%s/%d" % (self.out, i)})
            self.assertEqual({r.command_id for r in done.records}, {process.command_id})
        self.assertEqual(targets(told), {"%s/%d" % (self.out, i) for i in range(20)})
        self.assertEqual(len({r.command_id for r in told}), 20)
        self.assertEqual(len({r.session for r in told}), 20)

    def test_kept_and_counted(self):
        session = self.session(keep_records=2)
        for name in "abcd":
            self.sh(session, "mkdir %s/%s" % (self.out, name))
        self.assertEqual(targets(session.records()), {self.out + "/c", self.out + "/d"})
        self.assertEqual(session.record_total, 4)
        session.clear_records()
        self.assertEqual((session.records(), session.record_total), ([], 4))

    def test_callbacks(self):
        told, more = [], []
        session = self.session(on_record=told.append)
        end = session.subscribe(more.append)
        self.sh(session, "mkdir %s/a" % self.out)
        end(), end()
        self.sh(session, "mkdir %s/b" % self.out)
        self.assertEqual(targets(told), {self.out + "/a", self.out + "/b"})
        self.assertEqual(targets(more), {self.out + "/a"})

    def test_a_callback_may_use_its_session(self):
        found, done = [], threading.Event()

        def told(record):
            found.extend([len(session.records()), session.record_total, session.settings().to_dict()])
            end()
            try:
                session.close()
            except srt.UsageError as problem:
                found.append(str(problem))
            done.set()
        session = self.session()
        end = session.subscribe(told)
        self.sh(session, "mkdir %s/a %s/b" % (self.out, self.out))
        self.assertTrue(done.wait(30))
        self.assertEqual((found[:3], len(found)), ([1, 1, {}], 4))
        self.assertIn("own callbacks", found[3])
        self.assertFalse(session.closed)

    def test_an_exception_in_a_callback(self):
        seen = self.unraisable()

        def broken(record):
            raise KeyError(record.target)
        session = self.session(on_record=broken)
        self.assertNotEqual(self.sh(session, "mkdir %s/a" % self.out).returncode, 0)
        self.assertEqual([type(e) for e in seen], [KeyError])
        self.assertEqual(targets(session.records()), {self.out + "/a"})

    def test_annotate(self):
        session = self.session()
        done = self.sh(session, "mkdir %s/a" % self.out)
        text = session.annotate(done, done.stderr)
        self.assertTrue(text.startswith(done.stderr), text)
        self.assertIn("<sandbox_violations>", text)
        self.assertIn(self.out + "/a", text.split("<sandbox_violations>")[1])
        self.assertEqual(session.annotate("another", "error"), "error")

    def test_query(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        session = self.session()
        done = self.sh(session, "mkdir %s/a; rmdir %s" % (self.out, self.out), command_text="query test")
        mine = lambda **more: srt.records_query(command="query test", **more)
        self.assertTrue(eventually(lambda: len(mine()) >= 2))
        self.assertEqual(targets(mine()), {self.out + "/a", self.out})
        self.assertEqual(targets(mine(operations=[srt.Operation.CREATE])), {self.out + "/a"})
        self.assertEqual(targets(mine(session=done.records[0].session, since=before)), {self.out + "/a", self.out})
        self.assertEqual(mine(since=datetime.datetime(2099, 1, 1)) + mine(session="0" * 16), [])
        self.assertEqual(len(mine(limit=1)), 1)
        with self.assertRaises(ValueError):
            mine(operations=[99])

    def test_query_without_a_database(self):
        found = python("import srt_sandbox as srt; print(srt.records_query())", env=dict(os.environ, HOME=self.work))
        self.assertEqual((found.stdout, found.stderr), ("[]\n", ""))


if __name__ == "__main__":
    main()
