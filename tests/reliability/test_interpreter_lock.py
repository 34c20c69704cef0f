# SPDX-License-Identifier: Apache-2.0
"""REL-24: no call holds the interpreter lock while it waits, and no order of locks can deadlock."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable

import pytest
from broker_process import BrokerProcess
from raw_peer import FakeServer, RawPeer, ServerConnection

import pyamps

WAIT_S = 20.0
STEPS = 100_000


class Counter:
    """A thread that counts in pure Python, which it can while nobody else holds the lock."""

    def __init__(self) -> None:
        self.count = 0
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop:
            self.count += 1

    def wait_for_steps(self) -> None:
        end = self.count + STEPS
        while self.count < end and not self._stop:
            time.sleep(0.001)

    def stop(self) -> None:
        self._stop = True
        self._thread.join(WAIT_S)


@pytest.fixture
def counter():
    it = Counter()
    yield it
    it.stop()


BLOCKING = {
    "flush": lambda client: client.flush(timeout=20_000),
    "publish_flush": lambda client: client.publish_flush(timeout=20_000),
    "subscribe": lambda client: client.subscribe(lambda _message: None, "quiet", timeout=20_000),
    "stream": lambda client: client.subscribe("quiet", timeout=20_000),
}


@pytest.mark.parametrize("call", BLOCKING)
def test_other_threads_run_while_a_call_waits(call: str, counter: Counter):
    """The answer comes from a thread of this interpreter, and not before another one has counted."""

    def answer_late(connection: ServerConnection) -> None:
        connection.accept_logon()
        command, _ = connection.read_frame()
        counter.wait_for_steps()
        connection.acknowledge(command)
        connection.answer_forever()

    with FakeServer(answer_late) as server, pyamps.Client("waits") as client:
        client.connect(server.uri)
        client.logon(timeout=20_000)
        BLOCKING[call](client)


def test_other_threads_run_while_connecting_waits(counter: Counter):
    def answer_late(connection: ServerConnection) -> None:
        counter.wait_for_steps()
        connection.accept_logon()
        connection.answer_forever()

    with FakeServer(answer_late) as server, pyamps.Client("waits") as client:
        client.connect(server.uri)
        client.logon(timeout=20_000)


def test_acks_and_heartbeats_do_not_wait_for_a_stuck_handler(broker: BrokerProcess):
    """A handler that never returns; commands of another thread are answered all the same."""
    release, entered = threading.Event(), threading.Event()

    def stuck(_message) -> None:
        entered.set()
        release.wait(30)

    with pyamps.Client("stuck") as client, RawPeer(broker.port) as publisher:
        client.connect(broker.uri)
        client.logon(timeout=20_000)
        client.set_heartbeat(1, 2)
        client.subscribe(stuck, "stuck", timeout=20_000)
        publisher.logon("stuck-publisher")
        publisher.publish("stuck", b"1")
        assert entered.wait(WAIT_S)
        try:
            end = time.monotonic() + 3.5  # Longer than three intervals.
            while time.monotonic() < end:
                client.flush(timeout=2000)
                threading.Event().wait(0.05)
        finally:
            release.set()
        client.flush(timeout=2000)


def test_a_thread_that_never_lets_go_of_the_lock_does_not_stop_the_session(broker: BrokerProcess):
    """Heartbeats go on while Python code computes with a long switch interval."""
    before = sys.getswitchinterval()
    with pyamps.Client("greedy") as client:
        client.connect(broker.uri)
        client.logon(timeout=20_000)
        lost = threading.Event()
        client.set_disconnect_handler(lambda _client: lost.set())
        client.set_heartbeat(1, 2)
        client.subscribe(lambda _message: None, "greedy", timeout=20_000)
        sys.setswitchinterval(10)
        try:
            end = time.monotonic() + 4
            while time.monotonic() < end:
                pass
        finally:
            sys.setswitchinterval(before)
        client.flush(timeout=20_000)
        assert not lost.is_set()


def test_callbacks_collection_flush_and_close_at_once(broker: BrokerProcess):
    """Clients come and go while their handlers collect garbage and other threads flush."""
    stop = threading.Event()
    errors: list[BaseException] = []
    rounds = [0]

    def publish() -> None:
        with RawPeer(broker.port) as publisher:
            publisher.logon("at-once")
            while not stop.is_set():
                publisher.publish("at-once", b"{}")
                publisher.is_usable()

    def live() -> None:
        while not stop.is_set():
            client = pyamps.Client()
            client.connect(broker.uri)
            client.logon(timeout=20_000)
            client.subscribe(lambda _message: gc.collect(0), "at-once", timeout=20_000)
            client.publish("at-once", "{}")
            client.flush(timeout=20_000)
            client.close()
            rounds[0] += 1

    def guarded(call: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - looked at below.
                errors.append(error)

        return run

    threads = [threading.Thread(target=guarded(call), daemon=True) for call in [publish, live, live, live]]
    for thread in threads:
        thread.start()
    stop.wait(3)
    stop.set()
    for thread in threads:
        thread.join(WAIT_S)
        assert not thread.is_alive(), "hangs"
    assert not errors
    assert rounds[0] >= 5, "too little happened to prove anything"
