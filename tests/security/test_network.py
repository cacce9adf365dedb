# SPDX-License-Identifier: Apache-2.0
"""Escapes by the network (rows N)."""
from escape import *

PYTHON = "/usr/bin/python3"
RAW = PROXIES + """
import sys
def http(text):
    s = proxy_connect('HTTP_PROXY'); s.settimeout(5)
    s.sendall(authorized(text))
    data = b''
    try:
        while True:
            piece = s.recv(65536)
            if not piece: break
            data += piece
    except OSError: pass
    return data
def socks(name, port):
    s = socks_connect(); s.settimeout(5)
    s.sendall(b'\\x05\\x01\\x00\\x03' + bytes([len(name)]) + name + port.to_bytes(2, 'big'))
    try: return s.recv(2)[1:2]
    except OSError: return b''
"""


def hello(lab, hits):
    def handler(connection):
        data = connection.recv(65536)
        hits.append(data)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        time.sleep(0.05)
    return lab.serve(handler)


@case
def n1_empty_allow_list_is_no_network(lab):
    hits = []
    port = hello(lab, hits)
    attack(lab, lab.settings(allow=[]), "curl -sf -m 3 --noproxy '*' http://127.0.0.1:%d/ && echo %s" % (port, WON))
    expect_eq(len(hits), 1, "only the control")


RESOLVER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* The k-th question for NAME is answered by the k-th line of $NAMES/NAME, the last
 * one from then on. All questions are noted in $NAMES/log. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    const char *names = getenv("NAMES");
    char path[4096], line[1024] = "", next[1024], *rest = line, *one;
    static int asked;
    struct addrinfo **tail = ret;
    snprintf(path, sizeof path, "%s/log", names ? names : "");
    FILE *f = names && name ? fopen(path, "a") : NULL; /* not from inside the sandbox */
    if (f) {
        fprintf(f, "%s\n", name);
        fclose(f);
    }
    snprintf(path, sizeof path, "%s/%s", names ? names : "", name ? name : "");
    f = names && name ? fopen(path, "r") : NULL;
    if (!f)
        return real(name, service, hints, ret);
    for (int i = 0; i <= asked && fgets(next, sizeof next, f); i++)
        strcpy(line, next);
    asked += !strncmp(name, "again", 5);
    fclose(f);
    line[strcspn(line, "\n")] = 0;
    while ((one = strsep(&rest, ",")))
        if (real(one, NULL, &numeric, tail) == 0)
            while (*tail)
                tail = &(*tail)->ai_next;
    return tail == ret ? EAI_NONAME : 0;
}
"""


def resolver(lab, names):
    """An environment in which srt's resolver answers as names say."""
    need("gcc")
    directory = os.path.join(lab.top, "names")
    os.mkdir(directory)
    for name, lines in names.items():
        lab.write(os.path.join(directory, name), "\n".join(lines) + "\n")
    library = os.path.join(lab.top, "resolver.so")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, "-x", "c", "-", "-ldl"], input=RESOLVER, text=True, check=True)
    return lab.env(LD_PRELOAD=library, NAMES=directory,
                   ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")


@case
def n2_strange_host_names(lab):
    lab.write("n2.py", RAW + """
bad = [b'a\\0.example.com', b'x\\r\\nHost: y.example.com', b'x .example.com', b'a%00.example.com', b'u@www.example.com',
       b'a\\\\b.example.com', b'\\xc3\\x28.example.com', b'a' * 254 + b'.example.com', b'', b'.', b'..example.com']
for name in bad:
    if len(name) < 256:
        print('socks', name[:20], socks(name, 80))
    answer = http(b'CONNECT ' + name + b':80 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
    print('connect', name[:20], answer[9:12])
""")
    lab.write("control.py", RAW + "print(socks(b'control.example.com', 80))")
    env, s = resolver(lab, {"control.example.com": ["127.0.0.1"]}), lab.settings(allow=["*.example.com"])
    asked = os.path.join(lab.top, "names", "log")
    r = lab.srt(s, PYTHON, "n2.py", timeout=120, env=env)
    expect_eq(r.status, 0, repr(r))
    expect(not os.path.exists(asked), "a name was looked up")
    lab.srt(s, PYTHON, "control.py", env=env)
    expect_eq(lab.read(asked), "control.example.com\n")
    for line in r.out.splitlines():
        expect("b'\\x00'" not in line and "b'200'" not in line and "b'502'" not in line, line)


@case
def n3_spellings_of_one_address(lab):
    hits = []
    port = hello(lab, hits)
    lab.write("n3.py", RAW + "import sys\nfor n in sys.argv[2:]:\n"
              " print(n, http(b'GET http://%s:%s/ HTTP/1.1\\r\\nHost: %s:%s\\r\\nConnection: close\\r\\n\\r\\n' % (n.encode(), sys.argv[1].encode(), n.encode(), sys.argv[1].encode()))[9:12].decode())\n")
    spellings = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "[::ffff:127.0.0.1]"]
    r = lab.srt(lab.settings(allow=["127.0.0.1"]), PYTHON, "n3.py", str(port), *spellings)
    for line in r.out.splitlines():
        expect(line.endswith(" 200"), r)
    r = lab.srt(lab.settings(allow=["example.com"], network={"deniedDomains": ["127.0.0.1"]}), PYTHON, "n3.py", str(port), *spellings)
    for line in r.out.splitlines():
        expect(line.endswith(" 403"), r)


def own_addresses():
    out = subprocess.run(["ip", "-o", "addr"], stdout=subprocess.PIPE, text=True).stdout
    found = re.findall(r"inet6? ([0-9a-f.:]+)/", out)
    return [a for a in found if not a.startswith(("127.", "fe80:")) and a != "::1"]


@case
def n4_allowed_names_that_mean_this_host(lab):
    need("ip")
    hits = []
    port = hello(lab, hits)
    addresses = ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
                 "169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fe80::1", "224.0.0.1"] + own_addresses()
    names = {"n%d.example.com" % i: [a] for i, a in enumerate(addresses)}
    env = resolver(lab, dict(names, **{"all.example.com": [",".join(addresses)]}))
    lab.write("n4.py", RAW + """
for name in sys.argv[2:]:
    n, p = name.encode(), int(sys.argv[1])
    a = http(b'CONNECT %s:%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' % (n, p))
    b = http(b'GET http://%s:%d/ HTTP/1.1\\r\\nHost: %s:%d\\r\\nConnection: close\\r\\n\\r\\n' % (n, p, n, p))
    print(a[9:12].decode(), b[9:12].decode(), socks(n, p), a.count(b'resolved to'), a.count(b'blocked-by-sandbox-runtime'))
""")
    words = [PYTHON, "n4.py", str(port)]
    r = lab.srt(lab.settings(allow=["*.example.com"]), *words, *names, "all.example.com", env=env, timeout=120)
    expect_eq(r.out.splitlines(), ["403 403 b'\\x02' 1 1"] * (len(names) + 1), repr(r))
    expect_eq(hits, [])
    # The names themselves work: with the address allowed as a literal it is reached.
    r = lab.srt(lab.settings(allow=["*.example.com", "127.0.0.1"]), *words, "n0.example.com", env=env)
    expect_eq(r.out, "200 200 b'\\x00' 0 0\n", repr(r))


@case
def n4_the_judged_address_is_the_dialled_one(lab):
    good, bad = [], []
    port = hello(lab, bad)
    lab.serve(lambda c: (good.append(c.recv(65536)), c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")), "127.0.0.2", port)
    env = resolver(lab, {"mixed.example.com": ["127.0.0.1,127.0.0.2,169.254.169.254"], "again.example.com": ["127.0.0.2", "127.0.0.1"]})
    lab.write("n4.py", RAW + """
for n in (b'mixed.example.com', b'again.example.com', b'again.example.com'):
    print(http(b'GET http://%%s:%d/ HTTP/1.1\\r\\nHost: %%s:%d\\r\\nConnection: close\\r\\n\\r\\n' %% (n, n))[9:12].decode())
""" % (port, port))
    r = lab.srt(lab.settings(allow=["*.example.com", "127.0.0.2"]), PYTHON, "n4.py", env=env)
    expect_eq(r.out.split(), ["200", "200", "403"], repr(r))
    expect_eq((len(good), bad), (2, []))
    expect_eq(lab.read(os.path.join(lab.top, "names", "log")).split(), ["mixed.example.com"] + ["again.example.com"] * 2, "one question a request")


@case
def n5_ports(lab):
    hits = []
    port, other = hello(lab, hits), hello(lab, hits)
    lab.write("n5.py", RAW + "for p in (%d, %d): print(http(b'CONNECT localhost:%%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET / HTTP/1.0\\r\\n\\r\\n' %% p)[9:12].decode(), socks(b'localhost', p))" % (port, other))
    r = lab.srt(lab.settings(allow=["localhost:%d" % port]), PYTHON, "n5.py")
    expect_eq(r.out.splitlines(), ["200 b'\\x00'", "403 b'\\x02'"], repr(r))


@case
def n6_plain_requests_are_judged(lab):
    hits = []
    port = hello(lab, hits)
    r = lab.sh(lab.settings(allow=["example.com"]), "curl -s -o /dev/null -w %%{http_code} --noproxy '' -x $HTTP_PROXY http://127.0.0.1:%d/" % port)
    expect_eq((r.out, hits), ("403", []), repr(r))


@case
def n7_every_request_of_a_connection_is_judged(lab):
    hits = []
    port = hello(lab, hits)
    lab.write("n7.py", RAW + "r = b'GET http://127.0.0.1:%d/ HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\n\\r\\nGET http://localhost:%d/ HTTP/1.1\\r\\nHost: localhost:%d\\r\\nConnection: close\\r\\n\\r\\n'\na = http(r)\nprint(a.count(b'HTTP/1.1 200'), a.count(b'HTTP/1.1 403'))" % ((port,) * 4))
    r = lab.srt(lab.settings(allow=["127.0.0.1"]), PYTHON, "n7.py")
    expect_eq(r.out, "1 1\n", repr(r))
    expect_eq(len(hits), 1)


@case
def n8_host_header_cannot_name_another_host(lab):
    hits = []
    port = hello(lab, hits)
    lab.write("n8.py", RAW + "print(http(b'GET http://127.0.0.1:%d/ HTTP/1.1\\r\\nHost: secret.example.com\\r\\nConnection: close\\r\\n\\r\\n')[9:12].decode())" % port)
    r = lab.srt(lab.settings(allow=["127.0.0.1"]), PYTHON, "n8.py")
    expect_eq((r.out, hits), ("400\n", []), repr(r))


@case
def n9_relayed_by_another_process_inside(lab):
    hits = []
    port, other = hello(lab, hits), hello(lab, hits)
    lab.write("n9.py", RAW + """
import threading
def relay():
    client, _ = listener.accept()
    with client, socket.create_connection(('127.0.0.1', 3128), 5) as proxy:
        proxy.sendall(client.recv(65536))
        client.sendall(proxy.recv(65536))
listener = socket.create_server(('127.0.0.1', 0))
for port in (%d, %d):
    threading.Thread(target=relay, daemon=True).start()
    s = socket.create_connection(listener.getsockname(), 5)
    s.sendall(b'CONNECT localhost:%%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' %% port)
    print(s.recv(65536)[9:12].decode())
""" % (port, other))
    r = lab.srt(lab.settings(allow=["localhost:%d" % port]), PYTHON, "n9.py")
    expect_eq(r.out.split(), ["200", "403"], repr(r))


@case
def n10_updates_of_other_keys_under_load(lab):
    hits = []
    port = hello(lab, hits)
    read_end, write_end = os.pipe()
    lab.write("n10.py", RAW + """
import os
answers = set()
while not os.path.exists('enough'):
    answers.add(http(b'CONNECT denied.example.com:%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')[9:12])
    answers.add(socks(b'127.0.0.1', %d))
    open('started', 'w').close()
print(sorted(answers))
""" % (port, port))
    rules = {"network": {"allowedDomains": ["*.example.com"], "deniedDomains": ["denied.example.com", "127.0.0.1"]}, "filesystem": {"allowWrite": ["."]}}
    p = lab.background(lab.command(lab.settings(**{k: dict(v) for k, v in rules.items()}), "--control-fd", str(read_end), PYTHON, "n10.py"),
                       cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=(read_end,))
    expect(eventually(lambda: os.path.exists(os.path.join(lab.work, "started")), 20), "did not start")
    for i in range(300):
        update = dict(rules, ignoreViolations={"*": ["x%d" % i]})
        os.write(write_end, (json.dumps(update) + ("\n" if i % 3 else "\n{broken\n")).encode())
    time.sleep(0.5)
    lab.write("enough")
    out, err = p.communicate(timeout=30)
    expect_eq((out, hits), ("[b'\\x02', b'403']\n", []), err[-500:])


@case
def smuggling_is_refused(lab):
    hits = []
    port = hello(lab, hits)
    lab.write("sm.py", RAW + """
head = b'POST http://127.0.0.1:%d/ HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\nConnection: close\\r\\n'
tail = b'GET http://127.0.0.1:%d/smuggled HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'
for extra in (b'Content-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n', b'Content-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nxx',
              b'Transfer-Encoding: xchunked\\r\\n\\r\\n0\\r\\n\\r\\n', b'Transfer-Encoding : chunked\\r\\n\\r\\n0\\r\\n\\r\\n', b' Folded: x\\r\\n\\r\\n',
              b'Content-Length: +4\\r\\n\\r\\nabcd', b'A: b\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n'):
    print(http(head + extra + tail)[9:12].decode() or 'closed')
""" % (port, port, port))
    r = lab.srt(lab.settings(allow=["127.0.0.1"]), PYTHON, "sm.py", timeout=120)
    for line in r.out.splitlines():
        expect(line in ("400", "501", "closed"), r)
    expect(not any(b"smuggled" in h for h in hits), hits)


@case
def n13_without_proxy_variables(lab):
    hits = []
    port = hello(lab, hits)
    attack(lab, lab.settings(allow=["localhost", "127.0.0.1"]), "env -i /usr/bin/curl -sf -m 3 http://127.0.0.1:%d/ && echo %s; "
           "/usr/bin/curl -sf -m 3 --noproxy '*' http://127.0.0.1:%d/ && echo %s" % (port, WON, port, WON))
    expect_eq(len(hits), 2, "only the control")


@case
def n12_n14_datagrams_and_names(lab):
    attempts = [("udp", "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.sendto(b'x',('192.0.2.1',53))"),
                ("raw", "socket.socket(socket.AF_INET,socket.SOCK_RAW,1)"),
                ("packet", "socket.socket(17,socket.SOCK_RAW,3)"),
                ("vsock", "socket.socket(40,socket.SOCK_STREAM)"),
                ("name", "socket.getaddrinfo('www.example.com',80)")]
    text = "; ".join("%s -c \"import socket; %s; print('%s %s')\" 2>/dev/null" % (PYTHON, code, WON, name) for name, code in attempts)
    r = lab.sh(lab.settings(allow=["example.com"]), text)
    expect(WON not in r.out, r)


@case
def n16_suffix_confusion(lab):
    lab.write("n16.py", RAW + "for n in (b'notexample.com', b'example.com.evil.org', b'xexample.com', b'com', b'evil.org#example.com'): print(socks(n, 80))")
    r = lab.srt(lab.settings(allow=["example.com", "*.example.com"]), PYTHON, "n16.py")
    expect_eq(set(r.out.split()), {"b'\\x02'"}, repr(r))


if __name__ == "__main__":
    main()
