# SPDX-License-Identifier: Apache-2.0
"""The minimal binding of binding.pyx against the raw sink and source (row 2).

usage: binding_limit.py publish PORT COUNT
       binding_limit.py rate PORT SECONDS
"""

from __future__ import annotations

import socket
import struct
import sys

import binding
from measure import BODY, TOPIC, clock, print_result


def open_session(port: int, *commands: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    for header in commands:
        connection.sendall(struct.pack(">I", len(header)) + header)
        (length,) = struct.unpack(">I", connection.recv(4, socket.MSG_WAITALL))
        connection.recv(length, socket.MSG_WAITALL)
    return connection


def main() -> None:
    mode, port = sys.argv[1], int(sys.argv[2])
    logon = b'{"c":"logon","cid":"1","client_name":"limit","mt":"json","a":"processed"}'
    subscribe = b'{"c":"subscribe","cid":"2","sub_id":"2","t":"orders.new","a":"processed"}'
    if mode == "publish":
        connection = open_session(port, logon)
        publisher, count = binding.Publisher(connection.fileno()), int(sys.argv[3])
        call = publisher.publish
        began = clock()
        for _ in range(count):
            call(TOPIC, BODY)
        print_result("calls_per_s", count / (clock() - began))
        publisher.finish()
        return
    connection = open_session(port, logon, subscribe)
    seen = [0]

    def on_message(message) -> None:
        message.get_data()
        seen[0] += 1

    count, seconds = binding.subscribe(connection.fileno(), on_message)
    print_result("delivered_per_s", count / seconds)


main()
