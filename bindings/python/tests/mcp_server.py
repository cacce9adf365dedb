# SPDX-License-Identifier: Apache-2.0
"""A small MCP server on standard input and output, which reads and writes whatever it is asked for:
what it may, the sandbox decides."""
import json
import os
import sys
import urllib.request


def read_file(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write_file(path, content):
    with open(path, "w", encoding="utf-8") as f:
        f.write(content)
    return "wrote %d characters" % len(content)


def list_directory(path):
    return "\n".join(sorted(os.listdir(path)))


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


TOOLS = {f.__name__: f for f in (read_file, write_file, list_directory, fetch)}


def schema(function):
    names = function.__code__.co_varnames[:function.__code__.co_argcount]
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}


def answer(method, params):
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                "serverInfo": {"name": "files", "version": "1"}}
    if method == "tools/list":
        return {"tools": [{"name": n, "inputSchema": schema(f)} for n, f in TOOLS.items()]}
    try:
        text, wrong = TOOLS[params["name"]](**params["arguments"]), False
    except Exception as problem:
        text, wrong = "%s: %s" % (type(problem).__name__, problem), True
    return {"content": [{"type": "text", "text": text}], "isError": wrong}


for line in sys.stdin:
    request = json.loads(line)
    if "id" in request:
        reply = {"jsonrpc": "2.0", "id": request["id"], "result": answer(request["method"], request.get("params", {}))}
        print(json.dumps(reply), flush=True)
