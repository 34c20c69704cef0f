# SPDX-License-Identifier: Apache-2.0
"""For the tests of programs that use pyamps: a broker, a handler that collects, messages to feed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ._message import Message
from .broker import Broker
from .client import Client

__all__ = ["Broker", "Collector", "logged_on", "message", "wait_until"]

_POLL_S = 0.002


def wait_until(condition: Callable[[], Any], timeout: float = 10.0) -> Any:
    """Wait until a condition is true and return its value.

    :param timeout: seconds.
    :raises TimeoutError: it did not become true in time.
    """
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{condition!r} was not true within {timeout} s")
        time.sleep(_POLL_S)
    return value


class Collector:
    """A message handler that keeps a copy of each message. Threads: any."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._arrived = threading.Condition()

    def __call__(self, message: Message) -> None:
        with self._arrived:
            self._messages.append(message.copy())
            self._arrived.notify_all()

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Message]:
        """Wait for so many messages in all and return all there are.

        :raises TimeoutError: fewer came in time.
        """
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._messages) >= count, timeout):
                raise TimeoutError(f"{len(self._messages)} of {count} messages came within {timeout} s")
            return list(self._messages)

    @property
    def messages(self) -> list[Message]:
        """What came so far."""
        with self._arrived:
            return list(self._messages)

    @property
    def data(self) -> list[str | None]:
        """Payloads of what came so far."""
        return [message.get_data() for message in self.messages]

    def __len__(self) -> int:
        return len(self._messages)


def message(data: Any = None, *, command: str = "publish", **fields: Any) -> Message:
    """A message as a server would deliver it: ``message("{}", topic="orders", sow_key="7")``."""
    made = Message()
    made.set_command(command)
    if data is not None:
        made.set_data(data)
    for name, value in fields.items():
        getattr(made, f"set_{name}")(value)
    return made


@contextmanager
def logged_on(broker: Broker, name: str | None = None, message_type: str = "json") -> Iterator[Client]:
    """A client that is connected and logged on to a broker."""
    with Client(name) as client:
        client.connect(broker.uri(message_type))
        client.logon(10_000)
        yield client
