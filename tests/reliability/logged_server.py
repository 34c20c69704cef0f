# SPDX-License-Identifier: Apache-2.0
"""Programs that may lose nothing, and the broker with a log that they speak to."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from broker_process import BrokerProcess, logged_configuration

import pyamps

WAIT_S = 30
EPOCH = pyamps.Client.Bookmarks.EPOCH


class LoggedServer:
    """A broker that comes back at the same port with the same log."""

    def __init__(self, journal: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.uri = f"tcp://127.0.0.1:{self.port}/amps/json"
        self._settings = (f"port={self.port}", logged_configuration(journal))
        self._process = BrokerProcess(*self._settings)
        self._marks = 0

    @property
    def process(self) -> BrokerProcess:
        return self._process

    def kill(self) -> None:
        self._process.kill()

    def start(self) -> None:
        self._process = BrokerProcess(*self._settings)

    def restart(self) -> None:
        self.kill()
        self.start()

    def whole_log(self) -> list[str]:
        """What a new client reads from the beginning up to a mark published behind everything."""
        with pyamps.Client() as client:
            client.connect(self.uri)
            client.logon(WAIT_S * 1000)
            self._marks += 1
            client.publish("t", f"mark {self._marks}")
            found = []
            for message in client.bookmark_subscribe("t", EPOCH).timeout(WAIT_S * 1000):
                assert message is not None, f"the log stands still after {len(found)} messages"
                if message.get_data() == f"mark {self._marks}":
                    return found
                if not message.get_data().startswith("mark"):
                    found.append(message.get_data())
        raise AssertionError("the stream ended")


def ha_client(uri: str, name: str, **stores) -> pyamps.HAClient:
    client = pyamps.HAClient(name, **stores)
    client.set_server_chooser(pyamps.DefaultServerChooser().add(uri))
    client.set_reconnect_delay(10)
    client.set_timeout(WAIT_S * 1000)
    return client


class Seen:
    """What a subscription got; discards it after a while, out of order, or when told."""

    def __init__(self, client: pyamps.HAClient, discards: Callable[[int], bool]) -> None:
        self.client, self.discards = client, discards
        self.data: list[str] = []
        self._waiting: list[pyamps.Message] = []
        self._changed = threading.Condition()

    def __call__(self, message: pyamps.Message) -> None:
        with self._changed:
            self.data.append(message.get_data())
            self._waiting.append(message.copy())
            self._changed.notify_all()
        if len(self._waiting) >= 5:
            random.shuffle(self._waiting)
            while self._waiting:
                kept = self._waiting.pop()
                if self.discards(int(kept.get_data())):
                    self.client.discard(kept)

    def wait(self, count: int) -> None:
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.data) >= count, WAIT_S)
            assert arrived, f"{len(self.data)} of {count} messages came"
