# SPDX-License-Identifier: Apache-2.0
"""Escapes by the network (rows N)."""
from escape import *

PYTHON = "/usr/bin/python3"
RAW = """
import socket, sys
def http(text):
    s = socket.create_connection(('127.0.0.1', 3128), 5); s.settimeout(5)
    s.sendall(text)
    data = b''
    try:
        while True:
            piece = s.recv(65536)
            if not piece: break
            data += piece
    except OSError: pass
    return data
def socks(name, port):
    s = socket.create_connection(('127.0.0.1', 1080), 5); s.settimeout(5)
    s.sendall(b'\\x05\\x01\\x00'); s.recv(2)
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
    r = lab.srt(lab.settings(allow=["*.example.com"]), PYTHON, "n2.py", timeout=120)
    expect_eq(r.status, 0, repr(r))
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


@case
def n4_allowed_name_that_means_this_host(lab):
    hits = []
    port = hello(lab, hits)
    name = socket.gethostname()
    try:
        address = socket.gethostbyname(name)
    except OSError:
        raise Skip("the host's own name does not resolve")
    s = lab.settings(allow=[name if "." in name else address + ".example.com", "localhost.example.com"])
    lab.write("n4.py", RAW + "print(http(b'CONNECT %s:%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')[:200])" % (name, port))
    r = lab.srt(s, PYTHON, "n4.py")
    expect("200" not in r.out.split("\\r")[0], r)
    expect_eq(hits, [])


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
    r = lab.sh(lab.settings(allow=["example.com"]), "curl -s -o /dev/null -w %%{http_code} --noproxy '' -x http://localhost:3128 http://127.0.0.1:%d/" % port)
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
    expect(not any(b"secret.example.com" in h for h in hits), hits)


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
