# SPDX-License-Identifier: Apache-2.0
"""REL-33, small: many reconnects over servers that flap leave threads, descriptors and memory as they were."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from raw_peer import FakeServer, ServerConnection

import pyamps

RECONNECTS = 200
WARM_UP = 20
WAIT_S = 60.0
HEAP_BYTES = 4 << 20


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Flapping:
    """Servers that behave badly in turn: cut after the subscription, reset after accept, refuse the logon.

    One connection at a time is good for a message; then it is cut.
    """

    def __init__(self) -> None:
        self.sessions = 0
        self.last = threading.Event()
        self.stay = False
        self._count = threading.Condition()
        self.servers = [FakeServer(self._good), FakeServer(lambda c: c.reset()), FakeServer(self._refuse_logon)]

    def _good(self, connection: ServerConnection) -> None:
        connection.accept_logon()
        command = connection.answer(lambda header: header.get("c") == "subscribe")
        with self._count:
            self.sessions += 1
            self._count.notify_all()
        if not self.stay:
            connection.reset()
            return
        connection.send_frame(b"last", c="p", t="flap", sids=command.get("sub_id") or command["cid"])
        connection.answer_forever()

    @staticmethod
    def _refuse_logon(connection: ServerConnection) -> None:
        header, _ = connection.read_frame()
        connection.acknowledge(header, status="failure", reason="auth failure")

    def wait_for_sessions(self, count: int) -> None:
        with self._count:
            assert self._count.wait_for(lambda: self.sessions >= count, WAIT_S), f"stuck after {self.sessions}"

    def close(self) -> None:
        for server in self.servers:
            server.close()


@pytest.fixture
def flapping():
    it = Flapping()
    yield it
    it.close()


def test_two_hundred_reconnects_leave_nothing_behind(flapping: Flapping):
    got = threading.Event()
    client = pyamps.HAClient("flapping", no_store=True)
    chooser = pyamps.DefaultServerChooser()
    for server in flapping.servers:
        chooser.add(server.uri)
    client.set_server_chooser(chooser)
    client.set_reconnect_delay(1)
    client.connect_and_logon()
    client.execute_async(pyamps.Command("subscribe").set_topic("flap"), lambda _message: got.set())
    flapping.wait_for_sessions(WARM_UP)
    memory = resident_bytes()
    flapping.wait_for_sessions(WARM_UP + RECONNECTS)
    assert resident_bytes() - memory < HEAP_BYTES
    flapping.stay = True
    assert got.wait(WAIT_S), "the subscription does not work after the last reconnect"
    client.close()


def test_failed_connects_leave_nothing_behind():
    """Refused and reset connections, then a closed client: no thread, no descriptor."""
    with FakeServer(lambda connection: connection.reset()) as resetting:
        before = (threads(), descriptors())
        for number in range(50):
            client = pyamps.Client(f"failing-{number}")
            with pytest.raises(pyamps.AMPSException):
                client.connect("tcp://127.0.0.1:1/amps/json" if number % 2 else resetting.uri)
                client.logon(timeout=2000)
            client.close()
        end = time.monotonic() + 10
        while (threads() > before[0] + 2 or descriptors() > before[1] + 2) and time.monotonic() < end:
            time.sleep(0.02)  # The server's own threads and sockets go a moment later.
        assert threads() <= before[0] + 2
        assert descriptors() <= before[1] + 2
