# SPDX-License-Identifier: Apache-2.0
"""MCP servers in a sandbox, driven over their pipes: a small one, and a real one from npm."""
import json
import os
import subprocess
import unittest

CACHE = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # before the tests' home

from support import HERE, PYTHON, SOURCE, Case, eventually, main, srt, targets  # noqa: E402


def npm_server():
    # With the cache of whoever runs the tests, not that of the tests' home.
    found = subprocess.run([os.path.join(SOURCE, "tests", "support", "mcp_server.sh")], env=dict(os.environ, XDG_CACHE_HOME=CACHE),
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if found.returncode == 77:
        raise unittest.SkipTest(found.stdout)
    if found.returncode != 0:
        raise AssertionError(found.stdout)
    return found.stdout.strip()


class Client:
    def __init__(self, process):
        self.process, self.number = process, 0
        self.name = self.ask("initialize", protocolVersion="2024-11-05", capabilities={},
                             clientInfo={"name": "test", "version": "1"})["serverInfo"]["name"]
        self.say(method="notifications/initialized")

    def say(self, **message):
        self.process.stdin.write(json.dumps(dict(message, jsonrpc="2.0")) + "\n")
        self.process.stdin.flush()

    def ask(self, method, **params):
        self.number += 1
        self.say(id=self.number, method=method, params=params)
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self.number:
                return answer["result"]
        raise AssertionError("the server has ended")

    def call(self, tool, **arguments):
        found = self.ask("tools/call", name=tool, arguments=arguments)
        return found["content"][0]["text"], bool(found.get("isError"))


class Servers(Case):
    def serve(self, words, session):
        process = session.spawn(words, stdin=srt.PIPE, stdout=srt.PIPE, stderr=srt.DEVNULL, text=True)
        self.addCleanup(process.__exit__)
        return process, Client(process)

    def policy(self):
        os.makedirs("room")
        with open("secret", "w") as f:
            f.write("do not show")
        return srt.Settings().allow_write("./room").deny_read("./secret")

    def test_a_small_one(self):
        asked = []
        session = self.session(self.policy(), ask=lambda question: asked.append(question.host) or False)
        process, client = self.serve([PYTHON, HERE + "/mcp_server.py"], session)
        self.assertEqual(client.name, "files")
        self.assertEqual(len(client.ask("tools/list")["tools"]), 4)
        self.assertEqual(client.call("write_file", path="room/a", content="text"), ("wrote 4 characters", False))
        self.assertEqual(client.call("read_file", path="room/a"), ("text", False))
        self.assertEqual(client.call("list_directory", path="room"), ("a", False))
        for tool, arguments in (("write_file", {"path": self.out + "/x", "content": "x"}),
                                ("write_file", {"path": "y", "content": "y"}),
                                ("read_file", {"path": "secret"}),
                                ("fetch", {"url": "http://asked.example.com/"})):
            text, wrong = client.call(tool, **arguments)
            self.assertTrue(wrong, text)
        self.assertEqual((os.listdir(self.out), sorted(os.listdir("."))), ([], ["room", "secret"]))
        self.assertEqual(asked, ["asked.example.com"])
        process.stdin.close()
        self.assertEqual(process.wait(), 0)
        self.assertLessEqual({self.out + "/x", self.work + "/y", "asked.example.com:80"}, targets(process.records()))

    def test_the_one_of_npm(self):
        server = npm_server()
        session = self.session(self.policy())
        process, client = self.serve(["node", server, self.work], session)
        self.assertIn("filesystem", client.name)
        self.assertFalse(client.call("write_file", path=self.work + "/room/a", content="text")[1])
        text, wrong = client.call("read_text_file", path=self.work + "/room/a")
        self.assertEqual((text, wrong), ("text", False))
        self.assertTrue(client.call("write_file", path=self.work + "/y", content="y")[1])
        text, wrong = client.call("read_text_file", path=self.work + "/secret")
        self.assertNotIn("do not show", text)
        self.assertFalse(os.path.exists("y"))
        self.assertTrue(eventually(lambda: any(t.startswith(self.work + "/y") for t in targets(process.records()))))


if __name__ == "__main__":
    main()
