# SPDX-License-Identifier: Apache-2.0
"""Commands and asyncio."""
import asyncio
import os
import subprocess

from support import Case, gone, main, srt


class Asyncio(Case):
    def test_many_are_awaited_at_once(self):
        session = self.session()

        async def run():
            running = [session.spawn(["sh", "-c", "sleep 0.1; exit %d" % i]) for i in range(8)]
            return await asyncio.gather(*running)
        self.assertEqual(asyncio.run(run()), list(range(8)))

    def test_one_is_awaited_by_several(self):
        session = self.session()

        async def run():
            process = session.spawn(["cat"], stdin=srt.PIPE)
            waiting = [asyncio.ensure_future(process.wait_async()) for _ in range(3)]
            given_up = asyncio.ensure_future(process.wait_async())
            await asyncio.sleep(0.05)
            given_up.cancel()
            process.stdin.close()
            return await asyncio.gather(*waiting) + [await process]
        self.assertEqual(asyncio.run(run()), [0] * 4)

    def test_output(self):
        session, data = self.session(), os.urandom(1_000_000)

        async def run():
            return await asyncio.gather(
                session.run_async(["cat"], input=data, capture_output=True),
                session.run_async("echo out; echo err >&2", shell=True, capture_output=True, text=True),
                session.run_async(["true"], input=data))
        one, two, three = asyncio.run(run())
        self.assertEqual((one.stdout == data, two.stdout, two.stderr, three.returncode), (True, "out\n", "err\n", 0))

    def test_timeout_and_cancelling_end_the_sandbox(self):
        session, mark = self.session(), "603.%d" % os.getpid()

        async def run():
            with self.assertRaises(subprocess.TimeoutExpired) as caught:
                await session.run_async("echo before; sleep " + mark, shell=True, timeout=1, capture_output=True,
                                        text=True, command_id="slow")
            self.assertEqual((caught.exception.stdout, caught.exception.command_id), ("before\n", "slow"))
            self.assertEqual(caught.exception.records, [])
            task = asyncio.ensure_future(session.run_async(["sleep", mark], capture_output=True))
            await asyncio.sleep(0.3)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
        asyncio.run(run())
        self.assertTrue(gone(mark))

    def test_check(self):
        session = self.session()

        async def run():
            await session.run_async(["false"], check=True)
        with self.assertRaises(srt.CalledProcessError):
            asyncio.run(run())

    def test_records_to_a_coroutine(self):
        async def run():
            told = asyncio.Queue()
            async with srt.Session(on_record=told.put, quiet=True) as session:
                await session.run_async(["mkdir", self.out + "/a"], stderr=srt.DEVNULL)
                return await asyncio.wait_for(told.get(), 30)
        self.assertEqual(asyncio.run(run()).target, self.out + "/a")

    def test_wrapped(self):
        async def run():
            async with srt.Session(quiet=True) as session:
                with session.wrap(["sh", "-c", "echo out; exit 3"]) as wrapped:
                    child = await asyncio.create_subprocess_exec(*wrapped.argv, env=wrapped.env, pass_fds=(wrapped.fd,),
                                                                 stdout=asyncio.subprocess.PIPE)
                return (await child.communicate())[0], child.returncode
        self.assertEqual(asyncio.run(run()), (b"out\n", 3))


if __name__ == "__main__":
    main()
