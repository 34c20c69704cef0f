# SPDX-License-Identifier: Apache-2.0
"""A client that is a socket and the protocol's description, for answers that a client library would hide."""

from __future__ import annotations

import itertools
import json
import re
import socket
import struct
from dataclasses import dataclass
from typing import Any

WAIT_S = 20


@dataclass(frozen=True)
class Frame:
    header: dict[str, Any]
    body: str

    @property
    def command(self) -> str:
        return str(self.header["c"])

    @property
    def ids(self) -> list[int]:
        """Of every record in it."""
        return [int(text) for text in re.findall(r'"id":(\d+)', self.body)]


class RawSession:
    _numbers = itertools.count(1)  # Two clients of one name would displace one another.

    def __init__(self, broker: Any, user: str, password: str = "", message_type: str = "json") -> None:
        self._socket = socket.create_connection(("127.0.0.1", broker.port), WAIT_S)
        self._received = b""
        self._next_id = 0
        self.logon = self.ask(
            "logon", mt=message_type, user_id=user, pw=password, client_name=f"raw-{user}-{next(self._numbers)}"
        )

    def close(self) -> None:
        self._socket.close()

    def send(self, body: str = "", **header: Any) -> None:
        frame = json.dumps(header).encode() + body.encode()
        self._socket.sendall(struct.pack(">I", len(frame)) + frame)

    def receive(self) -> Frame | None:
        """The next frame; None: the connection has ended."""
        while len(self._received) < 4 or len(self._received) < 4 + struct.unpack(">I", self._received[:4])[0]:
            part = self._socket.recv(65536)
            if not part:
                return None
            self._received += part
        size = struct.unpack(">I", self._received[:4])[0]
        text, self._received = self._received[4 : 4 + size].decode(), self._received[4 + size :]
        header, end = json.JSONDecoder().raw_decode(text)
        return Frame(header, text[end:])

    def ask(self, command: str, body: str = "", *, ack: str = "processed", **header: Any) -> dict[str, Any]:
        """Send a command and return its ack; what came before is dropped."""
        self._next_id += 1
        identity = f"c{self._next_id}"
        self.send(body, c=command, cid=identity, a=ack, **header)
        while True:
            frame = self.receive()
            assert frame is not None, f"the connection ended before {command} was answered"
            if frame.command == "ack" and frame.header.get("cid") == identity and frame.header["a"] == ack:
                return frame.header

    def settle(self) -> list[Frame]:
        """Every frame up to now: what others published and flushed before has come."""
        self._next_id += 1
        identity = f"c{self._next_id}"
        self.send(c="flush", cid=identity, a="completed")
        frames = []
        while (frame := self.receive()) is not None:
            if frame.header.get("cid") == identity:
                return frames
            frames.append(frame)
        raise AssertionError("the connection ended")
