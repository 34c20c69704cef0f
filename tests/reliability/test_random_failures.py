# SPDX-License-Identifier: Apache-2.0
"""REL-38, small: whatever fails, in whatever order, what was published arrives once and in order.

Real processes and real time instead of a simulation: a broker is killed and stopped, the lines of a publisher and
of a subscriber are cut and stalled, and the publisher leaves and comes back. AMPS_TEST_SEED repeats the choices of
a run, AMPS_TEST_FAILURES makes it longer.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from chaos import Chaos
from logged_server import EPOCH, WAIT_S, LoggedServer, Seen, ha_client

import pyamps

FAILURES = int(os.environ.get("AMPS_TEST_FAILURES", "12"))
SEED = int(os.environ.get("AMPS_TEST_SEED", str(random.SystemRandom().randrange(1 << 32))))
PAUSES_S = (0, 0.02, 0.1, 0.3)
SILENCES_S = (0.1, 0.5, 2.5)  # The last one is longer than the heartbeat's time-out.


class Failures:
    """Something fails at each call, and is whole again when it returns."""

    def __init__(self, server: LoggedServer, lines: list[Chaos], publisher: pyamps.HAClient) -> None:
        self._server, self._lines, self._publisher = server, lines, publisher
        self._random = random.Random(SEED)

    def next(self) -> None:
        self._random.choice([self._cut, self._stall, self._stop, self._kill, self._leave])()
        time.sleep(self._random.choice(PAUSES_S))

    def _cut(self) -> None:
        self._random.choice(self._lines).reset_all()

    def _stall(self) -> None:
        line = self._random.choice(self._lines)
        directions = self._random.choice([["up"], ["down"], ["up", "down"]])
        for direction in directions:
            line.stall(direction)
        time.sleep(self._random.choice(SILENCES_S))
        for direction in directions:
            line.resume(direction)

    def _stop(self) -> None:
        os.kill(self._server.process.pid, signal.SIGSTOP)
        time.sleep(self._random.choice(SILENCES_S))
        os.kill(self._server.process.pid, signal.SIGCONT)

    def _kill(self) -> None:
        self._server.kill()
        time.sleep(self._random.choice(PAUSES_S))
        self._server.start()

    def _leave(self) -> None:
        self._publisher.disconnect()
        time.sleep(self._random.choice(PAUSES_S))
        self._publisher.connect_and_logon()


@contextmanager
def publishing(publisher: pyamps.HAClient) -> Iterator[list[int]]:
    """Publishes numbers all the time; yields the list of them."""
    published: list[int] = []
    stop = threading.Event()

    def publish() -> None:
        while not stop.wait(0.01):
            for _ in range(10):
                published.append(len(published) + 1)
                publisher.publish("t", str(published[-1]))

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield published
    finally:
        stop.set()
        thread.join(WAIT_S)
        assert not thread.is_alive(), "publish() waits for ever"


def test_REL_38_REL_11_whatever_fails_in_whatever_order(server: LoggedServer) -> None:
    print(f"AMPS_TEST_SEED={SEED}")
    with Chaos(server.port) as one, Chaos(server.port) as other:
        with ha_client(one.uri, "publisher") as publisher, ha_client(other.uri, "subscriber") as subscriber:
            for client in (publisher, subscriber):
                client.set_heartbeat(1, 2)
                client.connect_and_logon()
            seen = Seen(subscriber, lambda number: number % 7 != 0)
            subscriber.bookmark_subscribe(seen, "t", EPOCH, sub_id="mine")
            failures = Failures(server, [one, other], publisher)
            with publishing(publisher) as published:
                for _ in range(FAILURES):
                    failures.next()
            publisher.publish_flush(WAIT_S * 1000)
            seen.wait(len(published))
        assert seen.data == [str(number) for number in published]
        assert server.whole_log() == seen.data
