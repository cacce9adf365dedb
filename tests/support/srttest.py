# SPDX-License-Identifier: Apache-2.0
"""Cases that run the built srt with real programs. Python's standard library only.

A file of cases imports this module, marks functions with @case(...), and ends with
main(). Each case gets a Lab: a fresh home, a working directory in it, and a
directory outside both. With SRT_TEST_STRICT=1 a skip is a failure."""
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import traceback

BUILD = os.environ.get("SRT_BUILD_DIR") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "release")
SRT = os.path.join(BUILD, "bin", "srt")
SRTCTL = os.path.join(BUILD, "bin", "srtctl")
NULL = os.path.join(BUILD, "plugins", "null.so")
BACKEND = os.environ.get("SRT_TEST_BACKEND")  # None: the one that srt chooses
# Classes that it does not enforce at the level that is tested, comma-separated.
UNENFORCED = os.environ.get("SRT_TEST_UNENFORCED")
MONITOR = os.environ.get("SRT_TEST_MONITOR")  # the level of settings that name none
STRICT = os.environ.get("SRT_TEST_STRICT") == "1"
CASES = []


# For Python programs in the sandbox that speak to the proxies by hand: where they are, and with the
# token where they are shared with the host.
PROXIES = """
import base64, os, socket, urllib.parse
def proxy_connect(variable):
    p = urllib.parse.urlsplit(os.environ[variable])
    return socket.create_connection((p.hostname, p.port), 5)
def authorized(text):
    p = urllib.parse.urlsplit(os.environ['HTTP_PROXY'])
    if not p.username: return text
    token = base64.b64encode(('%s:%s' % (p.username, p.password)).encode())
    return text.replace(b' HTTP/1.1\\r\\n', b' HTTP/1.1\\r\\nProxy-Authorization: Basic ' + token + b'\\r\\n')
def socks_connect():
    p = urllib.parse.urlsplit(os.environ['ALL_PROXY'])
    s = proxy_connect('ALL_PROXY')
    s.sendall(b'\\x05\\x01' + (b'\\x02' if p.username else b'\\x00')); s.recv(2)
    if p.username:
        u, w = p.username.encode(), p.password.encode()
        s.sendall(b'\\x01' + bytes([len(u)]) + u + bytes([len(w)]) + w); s.recv(2)
    return s
"""


class Skip(Exception):
    pass


class LeftToOther(Skip):
    """For the run as root, or as an ordinary user; no failure where there are both
    (SRT_TEST_ROOT_TOO=1, by scripts/test)."""


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip("%s is not installed" % program)


def case(function):
    CASES.append(function)
    return function


class Result:
    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def __repr__(self):
        return "status %r\n  stdout: %r\n  stderr: %r" % (self.status, self.out[-2000:], self.err[-2000:])


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_eq(actual, wanted, what=""):
    if actual != wanted:
        raise AssertionError("%s: found %r, expected %r" % (what or "value", actual, wanted))


def expect_in(part, whole, what=""):
    if part not in whole:
        raise AssertionError("%s: %r does not contain %r" % (what or "text", whole, part))


class Lab:
    """A fresh place for one case, removed afterwards."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="srt-case-", dir="/var/tmp")
        self.home = os.path.join(self.top, "home")
        self.work = os.path.join(self.home, "work")
        self.out = os.path.join(self.top, "outside")
        os.makedirs(self.work)
        os.makedirs(self.out)
        self.closers = []

    def close(self):
        for closer in reversed(self.closers):
            closer()
        subprocess.run(["chmod", "-R", "u+rwX", self.top], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.top, ignore_errors=True)

    def settings(self, allow=(), name="settings.json", **keys):
        """Writes a settings file; allow is allowedDomains. Keys are top-level objects."""
        network = {"allowedDomains": list(allow), "deniedDomains": []}
        network.update(keys.pop("network", {}))
        filesystem = {"denyRead": [], "allowWrite": ["."], "denyWrite": []}
        filesystem.update(keys.pop("filesystem", {}))
        path = os.path.join(self.top, name)
        if MONITOR:
            keys.setdefault("monitor", MONITOR)
        if UNENFORCED:
            keys["allowUnenforced"] = sorted(set(keys.get("allowUnenforced", []) + UNENFORCED.split(",")))
        with open(path, "w") as f:
            json.dump(dict({"network": network, "filesystem": filesystem}, **keys), f)
        return path

    def env(self, **extra):
        env = {k: v for k, v in os.environ.items()
               if k not in ("OLDPWD", "TMPDIR", "PWD") and not k.lower().endswith("_proxy")}
        env.update(HOME=self.home, PATH="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        if BACKEND:
            env["SRT_BACKEND"] = BACKEND
        env.update(extra)
        return {k: v for k, v in env.items() if v is not None}

    def command(self, settings, *args, null=False):
        words = [SRT]
        if settings:
            words += ["-s", settings]
        if null:
            words += ["--backend=" + NULL, "--allow-unenforced=all"]
        elif UNENFORCED and not settings:
            words += ["--allow-unenforced=" + UNENFORCED]
        return words + list(args)

    def srt(self, settings, *args, cwd=None, stdin="", timeout=60, env=None, null=False, **popen):
        """Runs srt ARGS; settings is a file, or None for the default place."""
        start = time.monotonic()
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        p = subprocess.Popen(self.command(settings, *args, null=null), cwd=cwd or self.work,
                             env=env or self.env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, **popen)
        try:
            out, err = p.communicate(data, timeout=timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate(timeout=10)
            raise AssertionError("timed out after %d s: %r %r" % (timeout, out, err))
        return Result(p.returncode, out.decode("utf-8", "surrogateescape"),
                      err.decode("utf-8", "surrogateescape"), time.monotonic() - start)

    def sh(self, settings, text, **more):
        return self.srt(settings, "-c", text, **more)

    def write(self, path, text="", mode=None):
        full = path if os.path.isabs(path) else os.path.join(self.work, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f:
            f.write(text)
        if mode is not None:
            os.chmod(full, mode)
        return full

    def read(self, path):
        with open(path if os.path.isabs(path) else os.path.join(self.work, path)) as f:
            return f.read()

    def serve(self, handler, address="127.0.0.1", port=0):
        """A TCP server: handler(connection) in a thread each. Returns the port."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(128)

        def one(connection):
            with connection:
                try:
                    handler(connection)
                except OSError:
                    pass

        def loop():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        accepting = threading.Thread(target=loop, daemon=True)
        accepting.start()

        def stop():  # a closed number may be another listener's before accept looks at it
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            listener.close()
        self.closers.append(stop)
        return listener.getsockname()[1]

    def http(self, handler_class):
        import http.server
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_class)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.closers.append(server.shutdown)
        return server.server_address[1]

    def background(self, words, **popen):
        p = subprocess.Popen(words, stdin=subprocess.DEVNULL, **popen)

        def stop():
            p.kill()
            p.wait()
        self.closers.append(stop)
        return p


def processes_with(mark):
    """Pids whose command line or environment holds mark (as far as readable)."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open("/proc/%s/cmdline" % name, "rb") as f:
                text = f.read()
            with open("/proc/%s/stat" % name) as f:
                state = f.read().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if mark.encode() in text and state not in "ZX":
            found.append(int(name))
    return found


def eventually(question, seconds=5.0, step=0.02):
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(step)


def exclusions():
    """What does not apply to the chosen backend, or what it does not enforce at this level:
    case -> reason, from exclusions.json."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "exclusions.json")) as f:
        table = json.load(f)
    found = dict(table.get(os.path.splitext(os.path.basename(BACKEND or ""))[0], {}))
    for name in UNENFORCED.split(",") if UNENFORCED else ():
        found.update(table.get("without " + name, {}))
    return found


def backend_is_missing():
    """What srt says when the kernel has nothing of what the chosen backend needs."""
    if BACKEND != "landlock":
        return None
    r = subprocess.run([SRT, "--allow-unenforced=all", "true"], env=dict(os.environ, SRT_BACKEND=BACKEND), cwd="/",
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return r.stderr if r.returncode == 125 and "has no Landlock" in r.stderr else None


def main():
    wanted = sys.argv[1:]
    excluded = exclusions()
    passed = failed = skipped = 0
    if not os.path.exists(SRT):
        print("no srt at %s" % SRT)
        sys.exit(1)
    missing = backend_is_missing()
    if missing and not STRICT:
        print("skip  all: %s" % missing)
        sys.exit(77)
    for function in CASES:
        name = function.__name__
        if wanted and not any(w in name for w in wanted):
            continue
        if name in excluded and not wanted:
            print("not   %s: %s" % (name, excluded[name]), flush=True)
            continue
        lab = Lab()
        try:
            function(lab)
            passed += 1
            print("ok    %s" % name, flush=True)
        except Skip as why:
            if isinstance(why, LeftToOther) and os.environ.get("SRT_TEST_ROOT_TOO") == "1":
                print("left  %s: %s" % (name, why), flush=True)
            elif STRICT:
                failed += 1
                print("FAIL  %s: skipped in a strict run: %s" % (name, why), flush=True)
            else:
                skipped += 1
                print("skip  %s: %s" % (name, why), flush=True)
        except Exception as problem:
            failed += 1
            print("FAIL  %s: %s" % (name, problem), flush=True)
            if not isinstance(problem, AssertionError):
                traceback.print_exc()
        finally:
            lab.close()
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed or not passed + skipped else 77 if skipped and not passed else 0)
