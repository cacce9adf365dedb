# SPDX-License-Identifier: Apache-2.0
"""A program that embeds srt, as docs/session-protocol.md describes it, for tests."""
import json
import os
import socket
import subprocess
import threading
import time

from srttest import SRT, expect

WAIT = 60


class Channel:
    """The manager's end of one channel. A thread gathers what srt says."""

    def __init__(self, connection, read=True):
        self.socket = connection
        self.said = []
        self.changed = threading.Condition()
        self.closed = False  # by srt
        self.thread = threading.Thread(target=self._gather, daemon=True)
        if read:
            self.thread.start()

    def _gather(self):
        held = b""
        while True:
            try:
                piece = self.socket.recv(65536)
            except OSError:
                piece = b""
            if not piece:
                break
            held += piece
            *lines, held = held.split(b"\n")
            with self.changed:
                self.said += [json.loads(line) for line in lines]
                self.changed.notify_all()
        with self.changed:
            self.closed = True
            if held:
                self.said.append({"unfinished": held})
            self.changed.notify_all()

    def send(self, message):
        self.socket.sendall(message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n")

    def start(self, settings, **more):
        """settings: a dictionary, or the text."""
        text = settings if isinstance(settings, str) else json.dumps(settings)
        self.send({"start": dict(settings=text, **more)})

    def wait(self, key, count=1):
        """The count-th message with the key."""
        found = []

        def there():
            found[:] = [m for m in self.said if key in m]
            return len(found) >= count or self.closed
        with self.changed:
            self.changed.wait_for(there, WAIT)
        expect(len(found) >= count, "no %r in %r" % (key, self.said))
        return found[count - 1]

    def wait_closed(self):
        with self.changed:
            expect(self.changed.wait_for(lambda: self.closed, WAIT), "not closed: %r" % self.said)
        return self.said

    def all(self, key):
        with self.changed:
            return [m[key] for m in self.said if key in m]

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Command:
    """One srt with a channel by descriptor."""

    def __init__(self, lab, *args, read=True, options=(), env=None, **popen):
        here, there = socket.socketpair()
        self.channel = Channel(here, read)
        self.process = subprocess.Popen(
            [SRT, "--session=fd:%d" % there.fileno(), *options, *args], pass_fds=[there.fileno()], cwd=lab.work,
            env=env or lab.env(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen)
        there.close()
        lab.closers.append(self.stop)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.channel.close()

    def result(self):
        """(status, standard output, standard error)"""
        out, err = self.process.communicate(timeout=WAIT)
        return self.process.returncode, out.decode(), err.decode()


class Manager:
    """Listens; each connection is handed to the command that its token names."""

    def __init__(self, lab, directory=None):
        place = directory or os.path.join(lab.home, ".local/state/srt/sessions")
        os.makedirs(place, mode=0o700, exist_ok=True)
        self.path = os.path.join(place, os.urandom(8).hex())
        self.tokens = {}
        self.changed = threading.Condition()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(128)
        self.accepted = 0
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.accepted += 1
            threading.Thread(target=self._welcome, args=(connection,), daemon=True).start()

    def _welcome(self, connection):
        channel = Channel(connection)
        try:
            token = channel.wait("hello").get("token")
        except AssertionError:
            channel.close()
            return
        with self.changed:
            if token not in self.tokens or self.tokens[token]:
                channel.close()  # each token counts once
                return
            self.tokens[token] = channel
            self.changed.notify_all()

    def expect(self):
        """A new token, and the option for it."""
        token = os.urandom(16).hex()
        with self.changed:
            self.tokens[token] = None
        return token, "--session=%s#%s" % (self.path, token)

    def channel(self, token):
        with self.changed:
            expect(self.changed.wait_for(lambda: self.tokens[token], WAIT), "nobody came")
            return self.tokens[token]

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join()
        if os.path.exists(self.path):
            os.unlink(self.path)
        for channel in self.tokens.values():
            if channel:
                channel.close()
