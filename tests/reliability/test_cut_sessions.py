# SPDX-License-Identifier: Apache-2.0
"""REL-11, small: an HA session that is cut anywhere ends in the same state as an undisturbed one.

Without a store a publish that was under way when the line broke may be lost; so the checks are: the
client comes back, its subscription is placed again, what is published afterwards arrives exactly
once and in order, and nothing arrives that nobody sent.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import pytest
from broker_process import BrokerProcess
from chaos import Chaos
from raw_peer import RawPeer

import pyamps

WAIT_S = 20.0
AFTER = 20  # Messages published once the client is back.
OFFSETS_UP = [1, 3, 4, 5, 20, 60, 100, 118, 150, 180, 200, 230, 260, 300, 400, 700]
OFFSETS_DOWN = [1, 3, 4, 5, 20, 60, 100, 140, 170, 200, 230, 260, 300, 400, 500, 700]


class Session:
    """An HA client behind a proxy, a publisher beside it that nobody disturbs."""

    def __init__(self, broker: BrokerProcess, chaos: Chaos, topic: str) -> None:
        self.topic = topic
        self.bodies: list[str] = []
        self._changed = threading.Condition()
        self.publisher = RawPeer(broker.port)
        self.publisher.logon(f"publisher-{topic}")
        self.client = pyamps.HAClient(f"subscriber-{topic}", no_store=True)
        chooser = pyamps.DefaultServerChooser()
        chooser.add(chaos.uri)
        self.client.set_server_chooser(chooser)
        self.client.set_reconnect_delay(5)

    def start(self) -> None:
        self.client.connect_and_logon()
        self.client.execute_async(pyamps.Command("subscribe").set_topic(self.topic), self._on_message)

    def _on_message(self, message) -> None:
        with self._changed:
            self.bodies.append(message.get_data())
            self._changed.notify_all()

    def wait_for(self, body: str, wait_s: float = WAIT_S) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: body in self.bodies, wait_s)

    def publish_until_seen(self, text: str) -> None:
        """Publishes text-0, text-1, … until one has arrived: the subscription is active again."""
        end, number = time.monotonic() + WAIT_S, 0
        while time.monotonic() < end:
            self.publisher.publish(self.topic, f"{text}-{number}".encode())
            if self.wait_for(f"{text}-{number}", 0.1):
                return
            number += 1
        pytest.fail("the subscription did not come back")

    def use_until(self, is_cut: Callable[[], bool]) -> None:
        """Moves bytes in both directions until the line has been cut."""
        end, number = time.monotonic() + WAIT_S, 0
        while not is_cut():
            assert time.monotonic() < end, "the proxy did not cut"
            self.publisher.publish(self.topic, f"before-{number}".encode())
            with contextlib.suppress(pyamps.AMPSException):  # Just now it may be disconnected.
                self.client.publish("elsewhere", "x")
            self.wait_for(f"before-{number}", 0.01)
            number += 1

    def check_after(self) -> None:
        """Everything published now arrives once and in order."""
        self.publish_until_seen("back")
        for number in range(AFTER):
            self.publisher.publish(self.topic, f"after-{number}".encode())
        assert self.wait_for(f"after-{AFTER - 1}")
        assert [body for body in self.bodies if body.startswith("after")] == [f"after-{n}" for n in range(AFTER)]
        assert all(body.split("-")[0] in ("before", "back", "after") for body in self.bodies)

    def close(self) -> None:
        self.client.close()
        self.publisher.close()


@pytest.mark.parametrize("direction, offset", [("up", n) for n in OFFSETS_UP] + [("down", n) for n in OFFSETS_DOWN])
def test_session_survives_a_cut(broker: BrokerProcess, direction: str, offset: int):
    with Chaos(broker.port, cut_after={direction: offset}) as chaos:
        session = Session(broker, chaos, f"cut-{direction}-{offset}")
        try:
            session.start()
            session.use_until(lambda: chaos.cuts > 0)
            session.check_after()
        finally:
            session.close()


def test_slices_of_one_byte_change_nothing(broker: BrokerProcess):
    with Chaos(broker.port, slice_bytes=1) as chaos:
        session = Session(broker, chaos, "sliced")
        try:
            session.start()
            session.check_after()
        finally:
            session.close()
        assert chaos.connections == 1


def test_a_stalled_server_is_noticed_by_the_heartbeat(broker: BrokerProcess):
    """No byte, no end of stream: only the heartbeat tells."""
    with Chaos(broker.port) as chaos:
        session = Session(broker, chaos, "stalled")
        try:
            session.client.set_heartbeat(1, 2)
            session.start()
            session.publish_until_seen("before")
            chaos.stall("down")
            end = time.monotonic() + 10
            while chaos.connections < 2 and time.monotonic() < end:
                time.sleep(0.01)
            assert chaos.connections >= 2, "the client did not notice the silence"
            chaos.resume("down")
            session.check_after()
        finally:
            session.close()
