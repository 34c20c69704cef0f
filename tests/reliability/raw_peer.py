# SPDX-License-Identifier: Apache-2.0
"""Both ends of the protocol on bare sockets, made from the protocol's description alone.

``RawPeer`` talks to a real broker. ``FakeServer`` is what a real client talks to: a listener whose
connections run a script. Neither uses the library, so a mistake in it cannot hide itself.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

WAIT_S = 20.0


class Closed(Exception):
    """The other side closed or reset the connection."""


def frame(header: dict, body: bytes = b"") -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack(">I", len(text) + len(body)) + text + body


class Connection:
    """One socket, cut into frames. One thread at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._bytes = b""

    def send(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error

    def send_frame(self, body: bytes = b"", **header: object) -> None:
        self.send(frame(header, body))

    def read_some(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.socket], [], [], left)[0]:
            raise TimeoutError("nothing came in time")
        try:
            data = self.socket.recv(1 << 16)
        except OSError as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("end of stream")
        return data

    def read_frame(self, wait_s: float = WAIT_S) -> tuple[dict, bytes]:
        """The next frame's header and body; ``Closed`` or ``TimeoutError`` when there is none."""
        deadline = time.monotonic() + wait_s
        while True:
            if len(self._bytes) >= 4:
                (length,) = struct.unpack(">I", self._bytes[:4])
                if len(self._bytes) >= 4 + length:
                    content, self._bytes = self._bytes[4 : 4 + length], self._bytes[4 + length :]
                    if length:
                        return parse(content)
                    continue
            self._bytes += self.read_some(deadline)

    def frames_until(self, wanted: Callable[[dict], bool], wait_s: float = WAIT_S) -> Iterator[tuple[dict, bytes]]:
        """Frames up to and including the first that is wanted."""
        deadline = time.monotonic() + wait_s
        while True:
            header, body = self.read_frame(max(0.0, deadline - time.monotonic()))
            yield header, body
            if wanted(header):
                return

    def wait_closed(self, wait_s: float) -> list[dict]:
        """Headers that came before the other side closed; ``TimeoutError`` when it did not."""
        headers: list[dict] = []
        deadline = time.monotonic() + wait_s
        with contextlib.suppress(Closed):
            while True:
                headers.append(self.read_frame(max(0.0, deadline - time.monotonic()))[0])
        return headers

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Close so that the other side sees a reset, not an end of stream."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exception) -> None:
        self.close()


def parse(content: bytes) -> tuple[dict, bytes]:
    """Header and body; our own senders write headers without nesting and braces in strings."""
    end = content.index(b"}") + 1
    return json.loads(content[:end]), content[end:]


class RawPeer(Connection):
    """A client of the broker."""

    def __init__(self, port: int) -> None:
        super().__init__(socket.create_connection(("127.0.0.1", port), WAIT_S))

    def logon(self, name: str, message_type: str = "json") -> dict:
        self.send_frame(c="logon", cid="logon", client_name=name, mt=message_type, a="processed", version="0.1:test")
        return self.ack("logon")

    def ack(self, command_id: str, wait_s: float = WAIT_S) -> dict:
        """The next ack of this command; other frames are passed over."""
        is_wanted = lambda header: header.get("c") == "ack" and str(header.get("cid")) == command_id  # noqa: E731
        return list(self.frames_until(is_wanted, wait_s))[-1][0]

    def subscribe(self, topic: str, sub_id: str = "1", **more: object) -> dict:
        self.send_frame(c="subscribe", cid=sub_id, sub_id=sub_id, t=topic, a="processed", **more)
        return self.ack(sub_id)

    def publish(self, topic: str, body: bytes) -> None:
        self.send_frame(body, c="p", t=topic)

    def is_usable(self, token: str = "still-there") -> bool:
        """Whether a flush after everything sent so far is answered with success."""
        return self.headers_before_flush(token)[-1]["status"] == "success"

    def headers_before_flush(self, token: str = "still-there") -> list[dict]:
        """All that comes before the answer of a flush, and that answer."""
        self.send_frame(c="flush", cid=token, a="processed")
        return [header for header, _ in self.frames_until(lambda header: header.get("cid") == token)]


class ServerConnection(Connection):
    """The server's end of a client's connection."""

    def accept_logon(self) -> dict:
        header, _ = self.read_frame()
        self.acknowledge(header, version="5.3.4.0", client_name=header.get("client_name", ""))
        return header

    def acknowledge(self, command: dict, status: str = "success", **more: object) -> None:
        ids = {key: command[key] for key in ("cid", "sub_id", "query_id") if key in command}
        self.send_frame(c="ack", a="processed", status=status, **{**ids, **more})

    def answer(self, wanted: Callable[[dict], bool], wait_s: float = WAIT_S) -> dict:
        """Acknowledge what asks for it, up to and including the first command that is wanted."""
        deadline = time.monotonic() + wait_s
        while True:
            header, _ = self.read_frame(max(0.0, deadline - time.monotonic()))
            if "processed" in str(header.get("a", "")):
                self.acknowledge(header)
            if wanted(header):
                return header

    def answer_forever(self) -> None:
        with contextlib.suppress(Closed, TimeoutError):
            self.answer(lambda _header: False, wait_s=60)


class FakeServer:
    """Listens on a free port and runs ``script(connection)`` for each connection, in a thread of its own."""

    def __init__(self, script: Callable[[ServerConnection], None], backlog: int = 16) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port: int = self._listener.getsockname()[1]
        self.uri = f"tcp://127.0.0.1:{self.port}/amps/json"
        self.errors: list[BaseException] = []
        self._connections: list[ServerConnection] = []
        self._stopped = False
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self._stopped:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            connection = ServerConnection(accepted)
            self._connections.append(connection)
            thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: ServerConnection) -> None:
        try:
            self._script(connection)
        except (Closed, TimeoutError, OSError):
            pass  # The client went, or the test ended.
        except BaseException as error:  # noqa: BLE001 - reported by close().
            self.errors.append(error)
        finally:
            connection.close()

    def refuse_more(self) -> None:
        """From now on connecting is refused."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        """Ends listener and connections; raises what a script raised."""
        self.refuse_more()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WAIT_S)
        if self.errors:
            raise self.errors[0]

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *_exception) -> None:
        self.close()
