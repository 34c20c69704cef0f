# SPDX-License-Identifier: Apache-2.0
"""Clients that go on at another broker whose transaction log has what that of the first had."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pyamps

WAIT_MS = 30_000
BODY_BYTES = 200_000  # A hundred do not fit into the buffers between a broker and its client.


def ha_client(name: str, *brokers: pyamps.Broker) -> pyamps.HAClient:
    client = pyamps.HAClient(name)
    client.set_server_chooser(pyamps.DefaultServerChooser().add_all([broker.uri("json") for broker in brokers]))
    client.set_reconnect_delay(10)
    client.set_timeout(WAIT_MS)
    client.connect_and_logon()
    return client


class Held:
    """Takes numbers; waits at one of them until it is let go."""

    def __init__(self, hold_at: int) -> None:
        self.numbers: list[int] = []
        self.client: pyamps.HAClient | None = None
        self._hold_at = hold_at
        self._go_on = threading.Event()
        self._changed = threading.Condition()

    def __call__(self, message: pyamps.Message) -> None:
        with self._changed:
            self.numbers.append(int(message.get_data()[:8]))
            self._changed.notify_all()
        assert self.client is not None
        self.client.discard(message)
        if self.numbers[-1] == self._hold_at:
            assert self._go_on.wait(WAIT_MS / 1000)

    def let_go(self) -> None:
        self._go_on.set()

    def wait(self, number: int) -> None:
        with self._changed:
            arrived = self._changed.wait_for(lambda: self.numbers and self.numbers[-1] >= number, WAIT_MS / 1000)
            assert arrived, f"number {number} did not come; the last were {self.numbers[-3:]}"


def publish(client: pyamps.Client, first: int, last: int, size: int = 8) -> None:
    for number in range(first, last + 1):
        client.publish("t", f"{number:08}".ljust(size))
    client.publish_flush(WAIT_MS)


def test_REP_08_clients_go_on_at_a_broker_with_the_same_log(tmp_path: Path) -> None:
    with pyamps.Broker(journal=tmp_path / "one") as one, ha_client("publisher", one) as publisher:
        publish(publisher, 1, 100, BODY_BYTES)
    shutil.copytree(tmp_path / "one", tmp_path / "two")

    seen = Held(hold_at=20)
    with pyamps.Broker(journal=tmp_path / "one") as one, pyamps.Broker(journal=tmp_path / "two") as two:
        with ha_client("subscriber", one, two) as subscriber, ha_client("publisher", one, two) as publisher:
            seen.client = subscriber
            subscriber.bookmark_subscribe(seen, "t", pyamps.Client.Bookmarks.EPOCH, sub_id="s")
            seen.wait(20)
            one.crash()
            seen.let_go()
            seen.wait(100)
            # The other broker knows how far this publisher had come, and takes what follows once.
            publish(publisher, 101, 120)
            seen.wait(120)
            assert two.statistics["messages_in"] == 20
            assert two.statistics["messages_out"] > 20  # Also what the first still had to send.
        # A publisher that does not know what was persisted sends some again.
        with pyamps.Client("publisher") as again:
            again.connect(two.uri("json"))
            again.logon(WAIT_MS)
            for number in range(111, 131):
                message = pyamps.Command("publish").set_topic("t").set_data(f"{number:08}").set_sequence(number)
                again.execute_async(message, None)
            again.publish_flush(WAIT_MS)
        with pyamps.Client("reader") as reader:
            reader.connect(two.uri("json"))
            reader.logon(WAIT_MS)
            numbers = reader.bookmark_subscribe("t", "0").timeout(WAIT_MS)
            assert [int(next(numbers).get_data()[:8]) for _ in range(130)] == list(range(1, 131))
    assert seen.numbers == list(range(1, 121))
