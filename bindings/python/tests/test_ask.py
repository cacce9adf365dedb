# SPDX-License-Identifier: Apache-2.0
"""Hosts that no list decides: a function, a coroutine or somebody later is asked."""
import asyncio
import gc
import http.server
import os
import threading

from support import LAB, Case, eventually, main, srt, targets


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


PORT = LAB.http(Hello)
HERE = "localhost:%d" % PORT
CURL = "curl --noproxy '' -sS --max-time 30 http://" + HERE
GET = ["sh", "-c", CURL]


class Ask(Case):
    def get(self, session, **more):
        return session.run(GET, capture_output=True, text=True, **more)

    def test_allowed(self):
        asked = []
        session = self.session(ask=lambda question: asked.append(question) or True)
        done = self.get(session, command_id="one", command_text="a download")
        self.assertEqual((done.stdout, done.records), ("hello", []))
        question = asked[0]
        self.assertEqual((question.host, question.port, question.protocol), ("localhost", PORT, "http"))
        self.assertEqual((question.command_id, question.command, question.answered), ("one", "a download", True))
        self.assertFalse(question.answer(False))

    def test_refused(self):
        done = self.get(self.session(ask=lambda question: False))
        self.assertNotIn("hello", done.stdout)
        self.assertEqual(targets(done.records, srt.Operation.CONNECT), {HERE})

    def test_nobody_is_asked_where_a_list_decides(self):
        asked = []

        def ask(question):
            asked.append(question.host)
            return True
        listed = srt.Settings().allow_hosts(HERE)
        self.assertEqual(self.get(self.session(listed, ask=ask)).stdout, "hello")
        denied = srt.Settings().deny_hosts("localhost")
        self.assertNotIn("hello", self.get(self.session(denied, ask=ask)).stdout)
        strict = srt.Settings().set("network.strictAllowlist", True)
        self.assertNotIn("hello", self.get(self.session(strict, ask=ask)).stdout)
        self.assertEqual(asked, [])

    def test_later_from_another_thread(self):
        kept, came = [], threading.Event()

        def ask(question):
            kept.append(question)
            came.set()
        session = self.session(ask=ask)
        process = session.spawn(GET, stdout=srt.PIPE)
        self.assertTrue(came.wait(30))
        self.assertIsNone(process.poll())
        self.assertTrue(kept[0].answer(True))
        self.assertEqual(process.communicate()[0], b"hello")

    def test_a_fork_does_not_answer(self):
        kept = []
        session = self.session(ask=kept.append)
        process = session.spawn(GET, stdout=srt.PIPE)
        self.assertTrue(eventually(lambda: kept, 30))
        child = os.fork()
        if child == 0:
            os._exit(1 if kept.pop().answer(False) else 0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(kept[0].answer(True))
        self.assertEqual(process.communicate()[0], b"hello")

    def test_a_callback_cannot_wait_for_its_own_session(self):
        said = []

        def refused(call):
            try:
                call()
            except srt.UsageError as problem:
                said.append(str(problem).partition(":")[0])

        def waits():
            refused(lambda: session.run(["true"]))
            refused(lambda: asyncio.run(session.run_async(["true"])))
            process = session.spawn(["sh", "-c", "echo later"], stdout=srt.PIPE)
            refused(process.wait)
            refused(lambda: process.wait(30))
            refused(process.communicate)
            refused(process.complete)
            refused(lambda: asyncio.run(process.wait_async()))
            refused(lambda: asyncio.run(process.communicate_async()))
            refused(session.check)
            refused(session.close)
            with self.assertRaises(srt.TimeoutExpired):
                process.wait(0)
            self.assertIsNone(process.poll())
            return process

        def ask(question):
            started.append(waits())
            return True
        started = []
        session = self.session(ask=ask)
        self.assertEqual(self.get(session).stdout, "hello")
        self.assertEqual(started[0].communicate(), (b"later\n", None))
        self.assertEqual(started[0].returncode, 0)
        by_ask, said = said, []
        started.clear()
        session = self.session(on_record=lambda record: started or started.append(waits()))
        session.run(["mkdir", self.out + "/a"], stderr=srt.DEVNULL)
        self.assertEqual(started[0].communicate(), (b"later\n", None))
        expected = ["run", "run_async", "wait", "wait", "communicate", "wait", "wait_async", "communicate_async",
                    "srt_process_wait", "close"]
        self.assertEqual((by_ask, said), (expected, expected))

    def test_a_callback_may_wait_for_another_session(self):
        other = self.session()
        session = self.session(ask=lambda question: other.run(["true"]).returncode == 0)
        self.assertEqual(self.get(session).stdout, "hello")

    def test_a_timeout_does_not_wait_for_a_callback(self):
        go = threading.Event()
        self.addCleanup(go.set)  # before the session is closed
        session = self.session(ask=lambda question: not go.wait(60))

        async def run():
            await session.run_async(GET, timeout=1, stdout=srt.DEVNULL)
        for call in (lambda: self.get(session, timeout=1), lambda: asyncio.run(run())):
            with self.assertRaises(srt.TimeoutExpired) as caught:
                call()
            self.assertFalse(go.is_set())
            self.assertEqual(caught.exception.records, [])
        go.set()
        self.assertEqual(session.run(["true"]).returncode, 0)

    def test_thrown_away(self):
        done = self.get(self.session(ask=lambda question: None))
        self.assertNotIn("hello", done.stdout)
        self.assertEqual(targets(done.records), {HERE})

    def test_answered_after_the_end(self):
        kept = []
        session = self.session(ask=kept.append)
        process = session.spawn(GET, stdout=srt.DEVNULL)
        self.assertTrue(eventually(lambda: kept, 30))
        process.kill()
        process.wait()
        session.close()
        self.assertTrue(kept[0].answer(True))

    def test_wrong_answers_and_exceptions_refuse(self):
        seen = self.unraisable()

        def broken(question):
            raise ZeroDivisionError
        for ask, problem in ((broken, ZeroDivisionError), (lambda question: 1, TypeError),
                             (lambda question: "no", TypeError)):
            self.assertNotIn("hello", self.get(self.session(ask=ask)).stdout)
            self.assertEqual([type(e) for e in seen], [problem])
            seen.clear()

    def test_coroutine(self):
        async def ask(question):
            await asyncio.sleep(0.05)
            return question.port == PORT

        async def run():
            async with srt.Session(ask=ask, quiet=True) as session:
                return await session.run_async(GET, capture_output=True, text=True)
        self.assertEqual(asyncio.run(run()).stdout, "hello")

    def test_a_coroutine_that_fails(self):
        reported = []

        async def ask(question):
            raise ZeroDivisionError

        async def run():
            asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))
            async with srt.Session(ask=ask, quiet=True) as session:
                return await session.run_async(GET, capture_output=True, text=True)
        self.assertNotIn("hello", asyncio.run(run()).stdout)
        self.assertEqual([type(e) for e in reported], [ZeroDivisionError])

    def test_a_coroutine_without_a_loop(self):
        async def ask(question):
            return True
        with self.assertRaises(srt.UsageError):
            srt.Session(ask=ask)
        seen = self.unraisable()
        self.assertNotIn("hello", self.get(self.session(ask=lambda question: ask(question))).stdout)
        self.assertEqual([type(e) for e in seen], [srt.UsageError])

    def test_update_decides_from_then_on(self):
        asked = []
        session = self.session(ask=lambda question: asked.append(1) or False)
        text = "%s; read go; %s" % (CURL, CURL)
        with session.spawn(text, shell=True, stdin=srt.PIPE, stdout=srt.PIPE) as process:
            self.assertTrue(eventually(lambda: asked, 30))
            session.update(srt.Settings().allow_hosts(HERE))
            process.stdin.write(b"go\n")
            out, _ = process.communicate()
        self.assertTrue(out.endswith(b"hello"), out)
        self.assertEqual(asked, [1])

    def test_a_session_is_collected_in_the_middle_of_its_callback(self):
        closed = threading.Event()

        class Owner:
            def __init__(self):
                self.session = srt.Session(ask=self.ask, quiet=True)

            def ask(self, question):
                self.session = None
                closed.set()
                return True
        owner = Owner()
        with owner.session.wrap(GET) as wrapped:
            child = wrapped.popen(stdout=srt.PIPE)
        del wrapped
        self.assertIn(child.communicate()[0], (b"hello", b""))
        self.assertTrue(closed.wait(30))
        del owner
        gc.collect()


if __name__ == "__main__":
    main()
