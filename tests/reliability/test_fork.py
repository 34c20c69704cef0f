# SPDX-License-Identifier: Apache-2.0
"""REL-26: a child made by fork can neither use nor harm the clients of its parent."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import threading

import pytest
from broker_process import BrokerProcess

import pyamps

WAIT_S = 10.0


class Parent:
    """A client that publishes to itself and must see each message once, in order."""

    def __init__(self, broker: BrokerProcess) -> None:
        self.bodies: list[str] = []
        self._changed = threading.Condition()
        self.client = pyamps.Client("parent")
        self.client.connect(broker.uri)
        self.client.logon(timeout=20_000)
        self.client.subscribe(self._on_message, "fork", timeout=20_000)

    def _on_message(self, message) -> None:
        with self._changed:
            self.bodies.append(message.get_data())
            self._changed.notify_all()

    def check(self, count: int = 50) -> None:
        with self._changed:
            start = len(self.bodies)
        for number in range(start, start + count):
            self.client.publish("fork", str(number))
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.bodies) >= start + count, WAIT_S)
            assert self.bodies == [str(number) for number in range(start + count)]


@pytest.fixture
def parent(broker: BrokerProcess):
    it = Parent(broker)
    yield it
    it.client.close()


def in_child(call) -> int:
    """Runs call() in a fork; its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            call()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - told by the exit code.
            os._exit(99)
    end = threading.Timer(WAIT_S, lambda: os.kill(child, 9))
    end.start()
    try:
        _, status = os.waitpid(child, 0)
    finally:
        end.cancel()
    return os.waitstatus_to_exitcode(status)


def test_child_that_exits_at_once(parent: Parent):
    for _ in range(10):
        assert in_child(lambda: None) == 0
        parent.check(10)


def test_child_that_ends_like_a_program(parent: Parent):
    """With all finalizers, as sys.exit() runs them."""
    child = os.fork()
    if child == 0:
        atexit._run_exitfuncs()
        parent.client = None
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    parent.check()


CALLS = {
    "publish": lambda client: client.publish("fork", "from the child"),
    "subscribe": lambda client: client.subscribe(lambda _message: None, "fork", timeout=500),
    "flush": lambda client: client.flush(timeout=500),
    "publish_flush": lambda client: client.publish_flush(timeout=500),
}


@pytest.mark.parametrize("call", CALLS)
def test_using_the_client_in_the_child_raises(parent: Parent, call: str):
    def use() -> None:
        with pytest.raises(pyamps.UsageException):
            CALLS[call](parent.client)

    assert in_child(use) == 0
    parent.check()


def test_destroying_the_client_in_the_child_leaves_the_parent_alone(parent: Parent):
    def destroy() -> None:
        client, parent.client = parent.client, None
        del client

    assert in_child(destroy) == 0
    parent.check()


def test_child_makes_a_client_of_its_own(parent: Parent, broker: BrokerProcess):
    def own() -> None:
        got = threading.Event()
        client = pyamps.Client("child")
        client.connect(broker.uri)
        client.logon(timeout=20_000)
        client.subscribe(lambda _message: got.set(), "child", timeout=20_000)
        client.publish("child", "{}")
        assert got.wait(WAIT_S)
        client.close()

    assert in_child(own) == 0
    parent.check()


def square(number: int) -> int:
    return number * number


def test_multiprocessing_by_fork(parent: Parent):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(square, range(20)) == [n * n for n in range(20)]
        parent.check()


def test_programs_inherit_no_descriptor(parent: Parent, broker: BrokerProcess):
    code = """
import os
for name in os.listdir("/proc/self/fd"):
    path = "/proc/self/fd/" + name
    if os.path.exists(path):
        print(os.readlink(path))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, close_fds=False, check=True)
    assert "socket:" not in done.stdout
    assert "eventfd" not in done.stdout
    parent.check()


def test_programs_started_under_load(parent: Parent):
    stop = threading.Event()
    errors: list[Exception] = []

    def publish() -> None:
        try:
            while not stop.is_set():
                parent.client.publish("other", "{}")
        except pyamps.AMPSException as error:
            errors.append(error)

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    for _ in range(10):
        subprocess.run(["/bin/true"], check=True, close_fds=False)
    stop.set()
    thread.join(WAIT_S)
    assert not errors
    parent.check()
