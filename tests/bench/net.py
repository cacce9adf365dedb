#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The proxies against tinyproxy, squid and dante, interleaved, on loopback.

net.py BIN-DIRECTORY [--seconds S] [--rounds N] [--tunnels N] [--user NAME] [--only TEXT]

BIN-DIRECTORY is the tests/bin of a release build: it holds srt-proxy-standalone
and srt-net-load; nginx is the origin. In the rows "srt" the load runs inside a
sandbox that srt makes, in "alone" it runs outside, against the same proxies on
the host's loopback. Peers that are not installed are left out. --user: who runs
srt and its proxies; --only: tables with TEXT in their titles. Trust ratios, not
absolutes."""
import argparse, json, os, pathlib, pwd, resource, shutil, socket, statistics, subprocess, sys, tempfile, time

ORIGIN = 18480
PORTS = {"alone": 18481, "alone-socks": 18482, "tinyproxy": 18483, "squid": 18484, "dante": 18485,
         "srt": 3128, "srt-socks": 1080}

NGINX = """daemon off; worker_processes 1; pid {d}/nginx.pid; error_log {d}/nginx.log crit;
events {{ worker_connections 30000; }}
worker_rlimit_nofile 60000;
http {{ access_log off; sendfile on; keepalive_requests 100000000; client_body_temp_path {d}/body;
 proxy_temp_path {d}/p; fastcgi_temp_path {d}/f; uwsgi_temp_path {d}/u; scgi_temp_path {d}/s;
 client_header_timeout 600; keepalive_timeout 600;
 server {{ listen 127.0.0.1:{port} backlog=8192; root {d}/www; }} }}
"""
TINYPROXY = """Port {port}
Listen 127.0.0.1
Timeout 600
MaxClients 2000
Allow 127.0.0.1
LogLevel Critical
LogFile "{d}/tinyproxy.log"
PidFile "{d}/tinyproxy.pid"
"""
SQUID = """http_port 127.0.0.1:{port}
http_access allow all
cache deny all
cache_mem 8 MB
access_log none
cache_log {d}/squid.log
cache_store_log none
pid_filename {d}/squid.pid
coredump_dir {d}
shutdown_lifetime 1 seconds
max_filedescriptors 4096
pinger_enable off
"""
DANTE = """logoutput: {d}/dante.log
internal: 127.0.0.1 port = {port}
external: lo
socksmethod: none
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
"""


def wait_port(port):
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


class Bench:
    def __init__(self, args):
        self.args = args
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="srt-net-bench-"))
        self.dir.chmod(0o755)
        self.procs = {}
        self.who = {}
        if args.user:
            entry = pwd.getpwnam(args.user)
            self.who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [],
                        "env": {"HOME": entry.pw_dir, "PATH": os.environ["PATH"]}}
        self.srt = [str(pathlib.Path(args.bin).resolve().parents[1] / "bin" / "srt"), "-s",
                    str(self.dir / "settings.json"), "--"]
        (self.dir / "settings.json").write_text(json.dumps(
            {"network": {"allowedDomains": ["127.0.0.1"], "deniedDomains": []},
             "filesystem": {"denyRead": [], "allowWrite": [], "denyWrite": []}}))
        www = self.dir / "www"
        www.mkdir()
        (www / "1k").write_bytes(b"x" * 1024)
        with open(www / "200m", "wb") as f:
            for _ in range(200):
                f.write(os.urandom(1 << 20))

    def write(self, name, template, port):
        path = self.dir / name
        path.write_text(template.format(d=self.dir, port=port))
        return str(path)

    def spawn(self, name, argv, port, **how):
        if not shutil.which(argv[0]):
            return
        self.procs[name] = subprocess.Popen(argv, stdout=subprocess.DEVNULL, cwd=self.dir,
                                            stderr=subprocess.DEVNULL, **how)
        wait_port(port)

    def start(self):
        p = PORTS
        self.spawn("nginx", ["nginx", "-c", self.write("n.conf", NGINX, ORIGIN)], ORIGIN)
        self.spawn("alone", [self.args.bin + "/srt-proxy-standalone", "--http", str(p["alone"]),
                             "--socks", str(p["alone-socks"]), "127.0.0.1"], p["alone"],
                   **self.who)
        self.spawn("tinyproxy", ["tinyproxy", "-d", "-c", self.write("t.conf", TINYPROXY,
                                                                    p["tinyproxy"])], p["tinyproxy"])
        squid = self.write("s.conf", SQUID, p["squid"])
        self.spawn("squid", ["/usr/sbin/squid", "--foreground", "-f", squid], p["squid"])
        self.spawn("dante", ["/usr/sbin/danted", "-N", "2", "-f",
                             self.write("d.conf", DANTE, p["dante"])], p["dante"])

    def stop(self):
        for proc in self.procs.values():
            proc.terminate()
        for proc in self.procs.values():
            try:
                proc.wait(5)
            except subprocess.TimeoutExpired:
                proc.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def client(self, name, argv):
        """Starts a program that talks to this proxy. Its output, and the CPU seconds
        of srt (its start included) or of the proxy alone, else None."""
        if not name.startswith("srt"):
            before = self.cpu(name)
            out = subprocess.run(argv, capture_output=True, text=True).stdout
            return out, None if before is None else self.cpu(name) - before
        process = subprocess.Popen(self.srt + argv, stdout=subprocess.PIPE, text=True,
                                   cwd=self.dir, **self.who)
        out = process.stdout.read()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        if process.wait():
            raise SystemExit(f"srt failed: {process.returncode}")
        return out, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu(self, name):
        """Of a proxy of ours that stands: seconds up to now."""
        if not name.startswith("alone"):
            return None
        tasks = pathlib.Path(f"/proc/{self.procs['alone'].pid}/task").iterdir()
        return sum(int((t / "schedstat").read_text().split()[0]) for t in tasks) / 1e9

    def load(self, name, mode, path, c):
        argv = [self.args.bin + "/srt-net-load", mode, str(PORTS.get(name, 0)), str(ORIGIN), path,
                str(c), str(self.args.seconds)]
        out, cpu = self.client(name, argv)
        result = json.loads(out.strip().splitlines()[-1])
        if cpu:
            result["cpu"] = cpu * 1e6 / (result["megabytes"] or 1)
            result["cpu_each"] = cpu * 1e6 / (result["done"] or 1)
        return result

    def keepalive(self, name):
        argv = ["ab", "-q", "-k", "-c", "16", "-t", str(int(max(1, self.args.seconds))), "-n",
                "1000000"]
        if name in PORTS:
            argv += ["-X", f"127.0.0.1:{PORTS[name]}"]
        out, _ = self.client(name, argv + [f"http://127.0.0.1:{ORIGIN}/1k"])
        for line in out.splitlines():
            if line.startswith("Requests per second"):
                return float(line.split()[3])
        return 0.0

    def table(self, title, rows, unit, key):
        """rows: name -> function, direct first. One round runs every row once; the
        ratio is the median of the rounds' own ratios to direct."""
        if self.args.only not in title:
            return
        got = {name: [] for name in rows}
        for _ in range(self.args.rounds):
            for name, f in rows.items():
                got[name].append(f())
        print(f"{title}")
        value = lambda r: r[key] if key else r
        for name, results in got.items():
            ratios = [value(r) / (value(d) or 1) for r, d in zip(results, got["direct"])]
            middle = lambda what: statistics.median(r[what] for r in results)
            print(f"  {name:12} {statistics.median(map(value, results)):9.0f} {unit:5} "
                  f"x direct {statistics.median(ratios):5.2f}", end="")
            if key:
                print(f"   p50 {middle('p50_ms'):8.3f} ms   p99 {middle('p99_ms'):8.3f} ms   errors "
                      f"{sum(r['errors'] for r in results)}", end="")
            each, of = ("cpu", "MB") if key == "mb_per_second" else ("cpu_each", "connection")
            if key and each in results[0]:
                print(f"   CPU {middle(each):.0f} us/{of}", end="")
            print()
        sys.stdout.flush()

    def rows(self, mode, names, path, c):
        rows = {"direct": lambda: self.load("direct", "bulk-direct" if "bulk" in mode else "direct",
                                            path, c)}
        for name in names:
            if name.startswith("srt") or name.split("-")[0] in self.procs:
                rows[name] = lambda n=name: self.load(n, mode, path, c)
        return rows

    @staticmethod
    def memory(pid):
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024

    def tunnels(self, wanted):
        """From inside. srt needs two descriptors for each, and some for itself."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        n = min(wanted, hard // 2 - 100)
        if n < wanted:
            print(f"the hard limit of {hard} open files lets {n} of {wanted} tunnels stand")
        load = subprocess.Popen(self.srt + [self.args.bin + "/srt-net-load", "open-connect",
                                            str(PORTS["srt"]), str(ORIGIN), "/1k", str(n), "0"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                cwd=self.dir, **self.who)
        standing = json.loads(load.stdout.readline())
        held = self.memory(load.pid)
        out, _ = load.communicate("go\n", timeout=120)
        result = json.loads(out.strip().splitlines()[-1])
        print(f"{n} open tunnels from inside: standing {standing['standing']}, errors "
              f"{standing['errors'] + result['errors']}, requests answered {result['done']}, "
              f"RSS of srt {held:.1f} MB")

    def run(self):
        http = ["srt", "alone", "tinyproxy", "squid"]
        socks = ["srt-socks", "alone-socks", "dante"]
        for c in (1, 16):
            self.table(f"new connections/s, CONNECT, 1 KiB, c={c}",
                       self.rows("connect", http, "/1k", c), "/s", "per_second")
            self.table(f"new connections/s, SOCKS5, 1 KiB, c={c}",
                       self.rows("socks", socks, "/1k", c), "/s", "per_second")
        for mode, names in (("bulk-get", http), ("bulk-connect", http), ("bulk-socks", socks)):
            self.table(f"200 MiB, {mode[5:]}", self.rows(mode, names, "/200m", 1), "MB/s",
                       "mb_per_second")
        if shutil.which("ab"):
            rows = {name: lambda n=name: self.keepalive(n) for name in ["direct"] + http
                    if name in self.procs or name in ("direct", "srt")}
            self.table("keep-alive GET/s, c=16", rows, "/s", None)
        if self.args.tunnels:
            self.tunnels(self.args.tunnels)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tunnels", type=int, default=10000)
    parser.add_argument("--user")
    parser.add_argument("--only", default="")
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        bench.run()
    finally:
        bench.stop()


if __name__ == "__main__":
    main()
