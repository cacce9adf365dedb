# SPDX-License-Identifier: Apache-2.0
"""Package managers, compilers and an MCP server, as a user runs them."""
import re
import urllib.parse

from srttest import *

PACKAGE = "is-number@7.0.0"
SERVER = "@modelcontextprotocol/server-filesystem"


def registry(lab):
    need("npm", "node")
    url = subprocess.run(["npm", "config", "get", "registry"], stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.DEVNULL, cwd=lab.work).stdout.strip()
    return urllib.parse.urlparse(url).hostname


def npm_files(lab):
    """npm wants a writable cache; the user's own configuration stays readable."""
    for name in (".npmrc",):
        source = os.path.expanduser("~/" + name)
        if os.path.exists(source):
            shutil.copy(source, os.path.join(lab.home, name))
    os.makedirs(os.path.join(lab.home, ".npm"), exist_ok=True)
    return {"allowWrite": [".", "~/.npm"]}


@case
def npm_installs_through_the_proxy(lab):
    host = registry(lab)
    s = lab.settings(allow=[host], filesystem=npm_files(lab))
    lab.write("package.json", '{"name":"x","version":"1.0.0"}')
    r = lab.srt(s, "npm", "install", PACKAGE, timeout=180)
    expect_eq(r.status, 0, repr(r))
    expect(os.path.exists(os.path.join(lab.work, "node_modules", "is-number", "package.json")), r)
    r = lab.sh(s, "node -e 'console.log(require(\"is-number\")(5))'")
    expect_eq(r.out, "true\n", repr(r))


@case
def npm_fails_cleanly_without_its_registry(lab):
    registry(lab)
    s = lab.settings(allow=["example.com"], filesystem=npm_files(lab))
    lab.write("package.json", '{"name":"x","version":"1.0.0"}')
    r = lab.srt(s, "npm", "install", "--fetch-retries=0", PACKAGE, timeout=180)
    expect(r.status != 0, r)
    expect_in("403", r.err + r.out)
    expect(not os.path.exists(os.path.join(lab.work, "node_modules", "is-number")), r)


@case
def mcp_server_is_confined(lab):
    host = registry(lab)
    files = npm_files(lab)
    s = lab.settings(allow=[host], filesystem=files)
    lab.write("package.json", '{"name":"x","version":"1.0.0"}')
    r = lab.srt(s, "npm", "install", SERVER, timeout=300)
    expect_eq(r.status, 0, repr(r))
    confined = lab.settings(filesystem={"allowWrite": ["./data"], "denyRead": [lab.out]}, name="mcp.json")
    os.makedirs(os.path.join(lab.work, "data"))
    secret = lab.write(os.path.join(lab.out, "secret"), "SECRET")
    program = os.path.join(lab.work, "node_modules", SERVER, "dist", "index.js")
    # The server itself is told that it may serve both places; srt says otherwise.
    server = lab.command(confined, "node", program, lab.work, lab.out)
    calls = [["write_file", {"path": os.path.join(lab.work, "data", "f"), "content": "x"}],
             ["write_file", {"path": os.path.join(lab.work, "g"), "content": "x"}],
             ["read_text_file", {"path": os.path.join(lab.work, "data", "f")}],
             ["read_text_file", {"path": secret}],
             ["list_directory", {"path": lab.out}]]
    lab.write("client.mjs", MCP_CLIENT)
    r = subprocess.run(["node", "client.mjs", json.dumps({"server": server, "calls": calls})], cwd=lab.work, env=lab.env(),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    expect_eq(r.returncode, 0, r.stderr[-800:])
    said = json.loads(r.stdout)
    expect_eq(said["name"], "secure-filesystem-server")
    expect("write_file" in said["tools"], said["tools"])
    inside, outside, own, hidden, listing = said["answers"]
    expect(not inside.get("isError") and lab.read("data/f") == "x", inside)
    expect(outside.get("isError") and re.search("EROFS|EACCES", json.dumps(outside)), outside)
    expect(not os.path.exists(os.path.join(lab.work, "g")), "written outside")
    expect_eq(own["content"][0]["text"], "x")
    expect(hidden.get("isError") and "SECRET" not in json.dumps(hidden), hidden)
    expect("secret" not in listing["content"][0]["text"], listing)


# The client library of the protocol's authors, which comes with the server.
MCP_CLIENT = r"""
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
const { server, calls } = JSON.parse(process.argv[2]);
const client = new Client({ name: "test", version: "1" }, { capabilities: {} });
await client.connect(new StdioClientTransport({ command: server[0], args: server.slice(1), env: process.env }));
const tools = (await client.listTools()).tools.map(t => t.name);
const answers = [];
for (const [name, args] of calls)
    answers.push(await client.callTool({ name, arguments: args }));
console.log(JSON.stringify({ name: client.getServerVersion().name, tools, answers }));
await client.close();
"""


@case
def compile_and_make(lab):
    need("gcc", "make")
    lab.write("m.c", '#include <stdio.h>\nint main(void){puts("built");return 0;}\n')
    lab.write("Makefile", "m: m.c\n\tgcc -O2 -o m m.c\n")
    r = lab.sh(lab.settings(), "make -s && ./m")
    expect_eq((r.status, r.out), (0, "built\n"), repr(r))


@case
def git_works_inside(lab):
    subprocess.run(["git", "init", "-q", lab.work], check=True, env=lab.env())
    r = lab.sh(lab.settings(), "echo x > f && git add f && git -c user.name=a -c user.email=a@example.com "
                               "commit -q -m x && git log --oneline | wc -l && git status --short")
    expect_eq((r.status, r.out), (0, "1\n"), repr(r))


@case
def node_server_and_python_virtual_environment(lab):
    need("node")
    lab.write("server.js", "const s=require('http').createServer((q,r)=>r.end('served')).listen(0,'127.0.0.1',()=>{"
              "require('http').get({port:s.address().port,host:'127.0.0.1'},r=>{r.pipe(process.stdout);r.on('end',()=>s.close())})})")
    r = lab.srt(lab.settings(), "node", "server.js")
    expect_eq((r.status, r.out), (0, "served"), repr(r))
    r = lab.sh(lab.settings(), "/usr/bin/python3 -m venv --without-pip v && v/bin/python -c 'import sys; print(sys.prefix)'")
    expect_eq((r.status, r.out), (0, lab.work + "/v\n"), repr(r))


@case
def curl_into_tar(lab):
    import http.server
    subprocess.run(["tar", "-C", lab.top, "-czf", os.path.join(lab.out, "a.tgz"), "home"], check=True)
    root = lab.out

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *a, **k):
            super().__init__(*a, directory=root, **k)

        def log_message(self, *_):
            pass
    port = lab.http(Files)
    r = lab.sh(lab.settings(allow=["127.0.0.1"]),
               "unset no_proxy NO_PROXY; curl -sf http://127.0.0.1:%d/a.tgz | tar xz && ls -d home/work" % port)
    expect_eq((r.status, r.out), (0, "home/work\n"), repr(r))


if __name__ == "__main__":
    main()
