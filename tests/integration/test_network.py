# SPDX-License-Identifier: Apache-2.0
"""Ordinary clients through the proxies, and what must not get out."""
import hashlib
import http.server

from srttest import *


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = os.urandom(1 << 20)

    def log_message(self, *_):
        pass

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Host", self.headers.get("Host", ""))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        self.answer(self.body if self.path == "/big" else b"hello")

    do_HEAD = do_GET

    def do_POST(self):
        length = self.headers.get("Content-Length")
        if length is not None:
            data = self.rfile.read(int(length))
        else:
            data = b""
            while True:
                size = int(self.rfile.readline(), 16)
                data += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    break
        self.answer(hashlib.sha256(data).hexdigest().encode())


def site(lab):
    return lab.http(Site)


# Programs leave the proxy out for loopback names; these cases want it.
DIRECT = "unset NO_PROXY no_proxy; "


@case
def curl_allowed_and_refused(lab):
    port = site(lab)
    s = lab.settings(allow=["127.0.0.1"])
    r = lab.sh(s, DIRECT + "curl -sf http://127.0.0.1:%d/" % port)
    expect_eq((r.status, r.out), (0, "hello"), repr(r))
    r = lab.sh(s, "curl -s -i http://www.example.com/")
    expect_in("403", r.out)
    expect_in("X-Proxy-Error: blocked-by-allowlist", r.out)
    expect_in("Connection blocked by network allowlist", r.out)


@case
def curl_tunnel(lab):
    port = site(lab)
    s = lab.settings(allow=["localhost"])
    r = lab.sh(s, DIRECT + "curl -sf -p http://localhost:%d/big | sha256sum" % port)
    expect_in(hashlib.sha256(Site.body).hexdigest(), r.out, repr(r))
    r = lab.sh(s, "curl -s -p http://www.example.com/; echo rc=$?")
    expect_in("rc=56", r.out)


@case
def curl_socks(lab):
    port = site(lab)
    s = lab.settings(allow=["localhost", "127.0.0.1"])
    r = lab.sh(s, DIRECT + "curl -sf --proxy $FTP_PROXY http://localhost:%d/; curl -sf --proxy ${ALL_PROXY/socks5h/socks5} "
               "http://127.0.0.1:%d/; curl -s --proxy $FTP_PROXY http://www.example.com/; echo rc=$?" % (port, port))
    expect_in("hellohello", r.out, repr(r))
    expect_in("rc=97", r.out, repr(r))


@case
def uploads(lab):
    port = site(lab)
    s = lab.settings(allow=["127.0.0.1"])
    data = os.urandom(3 << 20)
    want = hashlib.sha256(data).hexdigest()
    url = "http://127.0.0.1:%d/" % port
    for flags in ("--data-binary @-", "-T - -X POST -H 'Transfer-Encoding: chunked'",
                  "-p --data-binary @-", "-H 'Expect: 100-continue' --data-binary @-"):
        r = lab.sh(s, DIRECT + "curl -sf %s %s" % (flags, url), stdin=data)
        expect_eq((r.status, r.out), (0, want), flags)


@case
def wget_python_node(lab):
    need("wget", "python3", "node")
    port = site(lab)
    s = lab.settings(allow=["127.0.0.1"])
    url = "http://127.0.0.1:%d/" % port
    for text in ("wget -qO- %s" % url,
                 "python3 -c \"import urllib.request as u; print(u.urlopen('%s').read().decode(), end='')\"" % url,
                 "node -e \"const h=require('http'),p=new URL(process.env.HTTP_PROXY);"
                 "h.get({host:p.hostname,port:p.port,path:'%s',headers:Object.assign({host:'127.0.0.1:%d'},"
                 "p.username?{'proxy-authorization':'Basic '+Buffer.from(p.username+':'+p.password).toString('base64')}:{})},r=>r.pipe(process.stdout))\"" % (url, port)):
        r = lab.sh(s, DIRECT + text)
        expect_eq((r.status, r.out), (0, "hello"), "%s: %r" % (text, r))


@case
def java_program(lab):
    need("java")
    port = site(lab)
    lab.write("Get.java", """
import java.net.*; import java.io.*;
public class Get { public static void main(String[] a) throws Exception {
  try (InputStream in = new URL(a[0]).openStream()) { System.out.write(in.readAllBytes()); }
  System.out.flush(); } }""")
    compiler = shutil.which("javac")
    address = own_address()
    if not compiler:
        raise Skip("no Java compiler")
    subprocess.run(["javac", "Get.java"], cwd=lab.work, check=True)
    s = lab.settings(allow=["127.0.0.1"])
    # Java's own list of direct hosts holds the loopback names: ask through a name that it sends on.
    r = lab.srt(s, "java", "-Dhttp.nonProxyHosts=", "Get", "http://127.0.0.1:%d/" % port)
    expect_eq((r.status, r.out), (0, "hello"), repr(r))
    r = lab.srt(s, "java", "Get", "http://%s:%d/" % (address, port))
    expect(r.status != 0 and ("403" in r.err or "refused" in r.err), r)


def own_address():
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("198.51.100.1", 9))
        return probe.getsockname()[0]
    except OSError:
        return "192.0.2.1"
    finally:
        probe.close()


@case
def git_over_http(lab):
    need("git")
    make_repository(lab, os.path.join(lab.out, "repo.git"))
    port = lab.http(smart_git(lab.out))
    s = lab.settings(allow=["127.0.0.1"])
    r = lab.sh(s, DIRECT + "git clone -q http://127.0.0.1:%d/repo.git c && cat c/file" % port)
    expect_eq((r.status, r.out), (0, "content\n"), repr(r))
    r = lab.sh(lab.settings(allow=["example.com"]), DIRECT + "git clone -q http://127.0.0.1:%d/repo.git d" % port)
    expect(r.status != 0 and "403" in r.err, r)


@case
def git_over_ssh(lab):
    need("git", "ssh", "ssh-keygen", "/usr/sbin/sshd")
    make_repository(lab, os.path.join(lab.out, "repo.git"))
    port = ssh_server(lab)
    key = os.path.join(lab.home, ".ssh", "id_ed25519")
    s = lab.settings(allow=["localhost:%d" % port])
    user = subprocess.run(["id", "-un"], stdout=subprocess.PIPE, text=True).stdout.strip()
    lab.write(os.path.join(lab.home, "config"),
              "Host *\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n IdentityFile %s\n LogLevel ERROR\n" % key)
    url = "ssh://%s@localhost:%d%s/repo.git" % (user, port, lab.out)
    r = lab.sh(s, "GIT_SSH_COMMAND=\"$GIT_SSH_COMMAND -F %s/config\" git clone -q %s c && cat c/file" % (lab.home, url))
    expect_eq((r.status, r.out), (0, "content\n"), repr(r))
    refused = lab.settings(allow=["example.com"], name="refused.json")
    r = lab.sh(refused, "GIT_SSH_COMMAND=\"$GIT_SSH_COMMAND -F %s/config\" git clone -q %s d" % (lab.home, url))
    expect(r.status != 0, r)
    expect_in("403", r.err)


def make_repository(lab, path):
    work = os.path.join(lab.out, "seed")
    run = lambda *words, cwd=work: subprocess.run(words, cwd=cwd, check=True, env=lab.env(),
                                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.makedirs(work)
    run("git", "init", "-q", ".")
    lab.write(os.path.join(work, "file"), "content\n")
    run("git", "add", "file")
    run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")
    run("git", "clone", "-q", "--bare", work, path)
    run("git", "update-server-info", cwd=path)


def smart_git(root):
    """Serves bare repositories below root by git's own CGI program."""
    backend = os.path.join(subprocess.run(["git", "--exec-path"], stdout=subprocess.PIPE,
                                          text=True).stdout.strip(), "git-http-backend")

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def serve(self):
            path, _, query = self.path.partition("?")
            length = int(self.headers.get("Content-Length") or 0)
            env = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                       QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_ADDR="127.0.0.1",
                       CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(length),
                       HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
                       GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")
            out = subprocess.run([backend], input=self.rfile.read(length), env=env,
                                 stdout=subprocess.PIPE).stdout
            head, _, body = out.partition(b"\r\n\r\n")
            self.send_response(200)
            for line in head.split(b"\r\n"):
                name, _, value = line.decode().partition(": ")
                if name.lower() != "status":
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        do_GET = do_POST = serve
    return Handler


def ssh_server(lab):
    """A private sshd on a free loopback port that lets this user in by a new key."""
    d = os.path.join(lab.home, ".ssh")
    os.makedirs(d, mode=0o700)
    for name in ("host", "id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(d, name)], check=True)
    shutil.copy(os.path.join(d, "id_ed25519.pub"), os.path.join(d, "authorized_keys"))
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    config = lab.write(os.path.join(d, "sshd_config"),
                       "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/authorized_keys\n"
                       "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n" % (port, d, d))
    if os.getuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    lab.background(["/usr/sbin/sshd", "-D", "-e", "-f", config], stderr=subprocess.DEVNULL)

    def up():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    expect(eventually(up, 10), "sshd did not start")
    return port


@case
def early_half_close_loses_nothing(lab):
    """A client that ends its side first still gets every byte of the answer."""
    answer = os.urandom(2 << 20)

    def handler(connection):
        while connection.recv(65536):
            pass
        time.sleep(0.2)
        connection.sendall(answer)
    port = lab.serve(handler)
    s = lab.settings(allow=["127.0.0.1"])
    lab.write("c.py", PROXIES + """
import sys, hashlib
s = proxy_connect('HTTP_PROXY')
s.sendall(authorized(b'CONNECT 127.0.0.1:%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'))
s.settimeout(None)
head = b''
while b'\\r\\n\\r\\n' not in head: head += s.recv(1)
s.sendall(b'request'); s.shutdown(socket.SHUT_WR)
data = b''
while True:
    piece = s.recv(65536)
    if not piece: break
    data += piece
print(hashlib.sha256(data).hexdigest())
""" % port)
    r = lab.srt(s, "python3", "c.py")
    expect_eq(r.out.strip(), hashlib.sha256(answer).hexdigest(), repr(r))


@case
def websocket_upgrade(lab):
    def handler(connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        if b"upgrade: websocket" in head.lower():
            connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            connection.sendall(connection.recv(100)[::-1])
    port = lab.serve(handler)
    lab.write("w.py", PROXIES + """
s = proxy_connect('HTTP_PROXY')
s.sendall(authorized(b'GET http://127.0.0.1:%d/ws HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n'))
head = b''
while b'\\r\\n\\r\\n' not in head: head += s.recv(1)
s.sendall(b'abc')
print(head.split()[1].decode(), s.recv(10).decode())
""" % (port, port))
    r = lab.srt(lab.settings(allow=["127.0.0.1"]), "python3", "w.py")
    expect_eq(r.out, "101 cba\n", repr(r))


@case
def many_commands_connect_at_once(lab):
    """The listeners are there before the command: no first connection is ever refused."""
    port = site(lab)
    s = lab.settings(allow=["127.0.0.1"])
    for _ in range(30):
        r = lab.sh(s, DIRECT + "exec curl -sf http://127.0.0.1:%d/" % port)
        expect_eq((r.status, r.out), (0, "hello"), repr(r))


@case
def no_network_means_none(lab):
    port = site(lab)
    r = lab.sh(lab.settings(), "env | grep -i _proxy; curl -s -m 5 http://127.0.0.1:%d/; echo rc=$?; "
                               "(: < /dev/tcp/127.0.0.1/3128) 2>/dev/null && echo open; ls /sys/class/net 2>/dev/null | head -0" % port)
    expect_eq(r.out, "rc=7\n", repr(r))


@case
def external_proxy_is_relayed(lab):
    class Answer(Site):
        def do_GET(self):
            self.answer(b"external " + self.path.encode())
    port = lab.http(Answer)
    r = lab.sh(lab.settings(network={"httpProxyPort": port}), "curl -sf http://anything.example.com/x")
    expect_eq((r.status, r.out), (0, "external http://anything.example.com/x"), repr(r))


@case
def loopback_servers_inside_work(lab):
    r = lab.sh(lab.settings(), "python3 -m http.server 8000 --bind 127.0.0.1 >/dev/null 2>&1 & "
                               "for i in $(seq 50); do curl -sf -o /dev/null http://127.0.0.1:8000/ && echo ok && break; sleep .1; done")
    expect_eq(r.out, "ok\n", repr(r))


if __name__ == "__main__":
    main()
