# SPDX-License-Identifier: Apache-2.0
# Goes before the probe of the cases where the loopback interface is the host's: the probe
# speaks to the two ports that the proxies have in a network of their own; here they have the
# ports that the proxy variables name. What it sends and asks of the answers is the same.
import os as _os
import socket as _socket
import urllib.parse as _parse

_connect = _socket.create_connection


def _to_the_proxy(address, *more, **named):
    variable = {3128: "HTTP_PROXY", 1080: "FTP_PROXY"}.get(address[1])
    if address[0] == "127.0.0.1" and variable:
        address = ("127.0.0.1", _parse.urlsplit(_os.environ[variable]).port)
    return _connect(address, *more, **named)


_socket.create_connection = _to_the_proxy
