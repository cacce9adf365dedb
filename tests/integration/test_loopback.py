# SPDX-License-Identifier: Apache-2.0
"""Proxies on the host's loopback interface, for a backend whose commands share it: other
users of the machine can reach them, so nothing goes without the run's token."""
import http.server

from srttest import *

OPEN = os.path.join(BUILD, "tests", "bestiary", "runs-open.so")


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"hello\n")
        self.server.seen = dict(self.headers)

    def log_message(self, *args):
        pass


def run(lab, settings, text):
    return lab.srt(settings, "--backend=" + OPEN, "-c", text)


@case
def the_token_opens(lab):
    need("curl")
    port = lab.http(Hello)
    settings = lab.settings(allow=["127.0.0.1:%d" % port])
    r = run(lab, settings, "env -u no_proxy -u NO_PROXY curl -sS http://127.0.0.1:%d/" % port)
    expect_eq((r.status, r.out), (0, "hello\n"), repr(r))
    r = run(lab, settings, "env -u no_proxy -u NO_PROXY curl -sS -p http://127.0.0.1:%d/" % port)
    expect_eq((r.status, r.out), (0, "hello\n"), repr(r))
    r = run(lab, settings, "env -u no_proxy -u NO_PROXY curl -sS -x $ftp_proxy http://127.0.0.1:%d/" % port)
    expect_eq((r.status, r.out), (0, "hello\n"), repr(r))


@case
def without_it_nothing_goes(lab):
    need("curl")
    port = lab.http(Hello)
    settings = lab.settings(allow=["127.0.0.1:%d" % port])
    status = "curl -s -o /dev/null -w '%{http_code} %{http_connect} %{exitcode}\n' --noproxy '' "
    url = "http://127.0.0.1:%d/" % port
    r = run(lab, settings, "set -- $PORTS; bad=$(echo $http_proxy | tr '0-9a-f' '1-9a-f0' | sed 's/.*srt:\\(.*\\)@.*/\\1/');"
            + status + "-x http://127.0.0.1:$1 %s;" % url
            + status + "-x http://srt:$bad@127.0.0.1:$1 %s;" % url
            + status + "-p -x http://srt@127.0.0.1:$1 %s;" % url
            + status + "-x socks5h://127.0.0.1:$2 %s;" % url
            + status + "-x socks5h://srt:$bad@127.0.0.1:$2 %s;" % url
            + "curl -s -D - -o /dev/null --noproxy '' -x http://127.0.0.1:$1 %s" % url)
    lines = r.out.split("\n")
    expect_eq([l.split()[:2] for l in lines[:5]],
              [["407", "000"], ["407", "000"], ["000", "407"], ["000", "000"], ["000", "000"]])
    expect(all(l.split()[2] != "0" for l in lines[2:5]), "curl sees that it failed")
    expect_in('Proxy-Authenticate: Basic realm="srt"', r.out)


@case
def the_token_is_new_and_stays_inside(lab):
    settings = lab.settings(allow=["example.com"])
    tokens = []
    for _ in range(2):
        r = lab.srt(settings, "--backend=" + OPEN, "--debug", "-c", "echo $http_proxy; tr '\\0' ' ' < /proc/$PPID/cmdline")
        found = re.match(r"http://srt:([0-9a-f]{64})@127\.0\.0\.1:([0-9]+)\n", r.out)
        expect(found, r.out)
        tokens.append(found.group(1))
        expect(found.group(1) not in r.err, "not in messages")
        expect(found.group(1) not in r.out.split("\n", 1)[1], "not in arguments")
    expect(tokens[0] != tokens[1], "another one for every run")


@case
def only_on_loopback(lab):
    settings = lab.settings(allow=["example.com"])
    r = run(lab, settings, "set -- $PORTS; for p in $1 $2; do printf '%04X\\n' $p; done; cat /proc/net/tcp /proc/net/tcp6")
    ports = r.out.split("\n")[:2]
    bound = [l.split()[1] for l in r.out.split("\n")[2:] if l.split()[3:4] == ["0A"] and l.split()[1].split(":")[1] in ports]
    expect(len(bound) >= 2, "both listen: %r" % bound)
    for address in bound:
        expect(address.split(":")[0] in ("0100007F", "0" * 24 + "01000000"), address)


@case
def a_proxy_of_the_users_is_used_as_it_is(lab):
    settings = lab.settings(network={"httpProxyPort": 8123})
    r = run(lab, settings, "echo $http_proxy $PORTS; echo $FTP_PROXY")
    expect(re.match(r"http://127\.0\.0\.1:8123 8123 ([0-9]+)\nsocks5h://srt:[0-9a-f]{64}@127\.0\.0\.1:\1\n$", r.out), r.out)


@case
def the_connector_shows_it(lab):
    """The helper that ssh and git use, with what stands in http_proxy."""
    inside = os.path.join(BUILD, "libexec", "srt", "srt-inside")
    if not os.path.exists(inside):
        raise Skip("no helper at %s" % inside)
    port = lab.serve(lambda c: c.sendall(b"greeting\n"))
    settings = lab.settings(allow=["127.0.0.1:%d" % port])
    r = run(lab, settings, "%s connect 127.0.0.1 %d < /dev/null" % (inside, port))
    expect_eq((r.status, r.out), (0, "greeting\n"), repr(r))
    r = run(lab, settings, "set -- $PORTS; http_proxy=http://srt:00@127.0.0.1:$1 %s connect 127.0.0.1 %d < /dev/null" % (inside, port))
    expect_eq((r.status, r.out), (1, ""))
    expect_in("407 Proxy Authentication Required", r.err)


@case
def without_a_network_there_is_no_proxy(lab):
    r = run(lab, lab.settings(), "echo \"[$http_proxy]\" $PORTS")
    expect_eq(r.out, "[] 0 0\n")


if __name__ == "__main__":
    main()
