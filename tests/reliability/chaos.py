# SPDX-License-Identifier: Apache-2.0
"""A proxy on loopback that mistreats a connection in one chosen way.

``Chaos(target_port, slice_bytes=1)`` forwards in slices; ``cut_after={"up": n}`` resets both sides
after n bytes from the client (``"down"``: from the server), counted over each connection or, with
``cut_once``, over the first alone; ``stall()`` stops one direction until ``resume()``.
Threads: two for each connection; the rest from the test.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)


class Chaos:
    def __init__(
        self,
        target_port: int,
        *,
        slice_bytes: int = 1 << 16,
        cut_after: dict[str, int] | None = None,
        cut_once: bool = True,
    ) -> None:
        self._target_port = target_port
        self._slice_bytes = slice_bytes
        self._cut_after = dict(cut_after or {})
        self._cut_once = cut_once
        self.passed = {"up": 0, "down": 0}
        self.connections = 0
        self.cuts = 0
        self._lock = threading.Lock()
        self._open = {"up": threading.Event(), "down": threading.Event()}
        for gate in self._open.values():
            gate.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.uri = f"tcp://127.0.0.1:{self.port}/amps/json"
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self, direction: str) -> None:
        self._open[direction].clear()

    def resume(self, direction: str) -> None:
        self._open[direction].set()

    def retarget(self, port: int) -> None:
        """Where the next connections go."""
        self._target_port = port

    def reset_all(self) -> None:
        for near, far in list(self._pairs):
            reset(near)
            reset(far)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port), 5)
            except OSError:
                reset(near)
                continue
            self.connections += 1
            cut = dict(self._cut_after) if self.connections == 1 or not self._cut_once else {}
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs.append((near, far))
            for source, sink, direction in ((near, far, "up"), (far, near, "down")):
                arguments = (source, sink, direction, cut.get(direction))
                threading.Thread(target=self._forward, args=arguments, daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, direction: str, left: int | None) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self._open[direction].wait()
                allowed = data if left is None else data[:left]
                for start in range(0, len(allowed), self._slice_bytes):
                    sink.sendall(allowed[start : start + self._slice_bytes])
                with self._lock:
                    self.passed[direction] += len(allowed)
                if left is not None:
                    left -= len(allowed)
                    if left <= 0:
                        self.cuts += 1
                        reset(source)
                        reset(sink)
                        return
            sink.shutdown(socket.SHUT_WR)
            return
        reset(source)
        reset(sink)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for gate in self._open.values():
            gate.set()
        self.reset_all()

    def __enter__(self) -> Chaos:
        return self

    def __exit__(self, *_exception) -> None:
        self.close()


def reset(one: socket.socket) -> None:
    """The peer sees a reset; the thread that reads here wakes."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        one.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        one.close()
