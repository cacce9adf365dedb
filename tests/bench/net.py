#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The proxies against tinyproxy, squid and dante, interleaved, on loopback.

net.py BIN-DIRECTORY [--seconds S] [--rounds N] [--tunnels N]

BIN-DIRECTORY holds srt-proxy-standalone and srt-net-load; nginx is the origin.
Peers that are not installed are left out. Trust ratios, not absolutes."""
import argparse, json, os, pathlib, shutil, socket, statistics, subprocess, sys, tempfile, time

ORIGIN = 18480
PORTS = {"srt": 18481, "srt-socks": 18482, "tinyproxy": 18483, "squid": 18484, "dante": 18485}

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

    def spawn(self, name, argv, port):
        if not shutil.which(argv[0]):
            return
        self.procs[name] = subprocess.Popen(argv, stdout=subprocess.DEVNULL, cwd=self.dir,
                                            stderr=subprocess.DEVNULL)
        wait_port(port)

    def start(self):
        p = PORTS
        self.spawn("nginx", ["nginx", "-c", self.write("n.conf", NGINX, ORIGIN)], ORIGIN)
        self.spawn("srt", [self.args.bin + "/srt-proxy-standalone", "--http", str(p["srt"]),
                           "--socks", str(p["srt-socks"]), "127.0.0.1"], p["srt"])
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

    def load(self, mode, port, path, c):
        out = subprocess.run([self.args.bin + "/srt-net-load", mode, str(port), str(ORIGIN), path,
                              str(c), str(self.args.seconds)], capture_output=True, text=True)
        return json.loads(out.stdout.strip().splitlines()[-1])

    def keepalive(self, port):
        argv = ["ab", "-q", "-k", "-c", "16", "-t", str(int(max(1, self.args.seconds))), "-n",
                "1000000"]
        if port:
            argv += ["-X", f"127.0.0.1:{port}"]
        out = subprocess.run(argv + [f"http://127.0.0.1:{ORIGIN}/1k"], capture_output=True,
                             text=True).stdout
        for line in out.splitlines():
            if line.startswith("Requests per second"):
                return float(line.split()[3])
        return 0.0

    def table(self, title, rows, unit, key):
        """rows: name -> function. One round runs every row once."""
        got = {name: [] for name in rows}
        for _ in range(self.args.rounds):
            for name, f in rows.items():
                got[name].append(f())
        print(f"{title}")
        for name, results in got.items():
            if isinstance(results[0], float):
                print(f"  {name:12} {statistics.median(results):9.0f} {unit}")
                continue
            value = statistics.median(r[key] for r in results)
            print(f"  {name:12} {value:9.0f} {unit}   p50 "
                  f"{statistics.median(r['p50_ms'] for r in results):8.3f} ms   p99 "
                  f"{statistics.median(r['p99_ms'] for r in results):8.3f} ms   errors "
                  f"{sum(r['errors'] for r in results)}")
        sys.stdout.flush()

    def rows(self, mode, names, path, c):
        rows = {"direct": lambda: self.load("bulk-direct" if "bulk" in mode else "direct", 0,
                                            path, c)}
        for name in names:
            if name.split("-")[0] in self.procs:
                rows[name] = lambda n=name: self.load(mode, PORTS[n], path, c)
        return rows

    def memory(self, name):
        values = {}
        for line in open(f"/proc/{self.procs[name].pid}/status"):
            key, _, rest = line.partition(":")
            if key in ("VmRSS", "VmHWM"):
                values[key] = int(rest.split()[0]) / 1024
        return values

    def tunnels(self, n):
        before = self.memory("srt")
        load = subprocess.Popen([self.args.bin + "/srt-net-load", "open-connect",
                                 str(PORTS["srt"]), str(ORIGIN), "/1k", str(n), "0"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        standing = json.loads(load.stdout.readline())
        held = self.memory("srt")
        out, _ = load.communicate("go\n", timeout=120)
        result = json.loads(out.strip().splitlines()[-1])
        print(f"{n} open tunnels: standing {standing['standing']}, errors "
              f"{standing['errors'] + result['errors']}, requests answered {result['done']}, RSS "
              f"{before['VmRSS']:.1f} -> {held['VmRSS']:.1f} MB")

    def run(self):
        http = ["srt", "tinyproxy", "squid"]
        socks = ["srt-socks", "dante"]
        for c in (1, 16):
            self.table(f"new connections/s, CONNECT, 1 KiB, c={c}",
                       self.rows("connect", http, "/1k", c), "/s", "per_second")
            self.table(f"new connections/s, SOCKS5, 1 KiB, c={c}",
                       self.rows("socks", socks, "/1k", c), "/s", "per_second")
        for mode, names in (("bulk-get", http), ("bulk-connect", http), ("bulk-socks", socks)):
            self.table(f"200 MiB, {mode[5:]}", self.rows(mode, names, "/200m", 1), "MB/s",
                       "mb_per_second")
        if shutil.which("ab"):
            rows = {"direct": lambda: self.keepalive(0)}
            for name in http:
                if name in self.procs:
                    rows[name] = lambda n=name: self.keepalive(PORTS[n])
            self.table("keep-alive GET/s, c=16", rows, "/s", None)
        if self.args.tunnels:
            self.tunnels(self.args.tunnels)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tunnels", type=int, default=10000)
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        bench.run()
    finally:
        bench.stop()


if __name__ == "__main__":
    main()
