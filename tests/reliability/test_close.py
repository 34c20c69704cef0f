# SPDX-License-Identifier: Apache-2.0
"""REL-14: close from eight places in seven states ends within a second, and nothing runs afterwards."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable

import pytest
from promised_time import check_within
from raw_peer import FakeServer, ServerConnection

import pyamps

CLOSE_S = 1.0
SLACK_S = 0.5
WAIT_S = 20.0
BODY = b'{"n":1}'


class Scene:
    """A client in one of the states, and the server that keeps it there."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.calls = 0  # Of any callback.
        self.in_handler = threading.Event()
        self.ended = threading.Event()
        self.on_message: Callable[[], None] | None = None  # What the closing place wants to do there.
        self.helper: threading.Thread | None = None
        self.server = FakeServer(self._serve)
        make = pyamps.HAClient if state == "reconnecting" else pyamps.Client
        self.client = make(f"close-{state}")
        self.enter()

    def _serve(self, connection: ServerConnection) -> None:
        if self.state == "connected":
            connection.read_frame(60)
        connection.accept_logon()
        if self.state == "waiting":
            connection.read_frame(60)  # The command whose ack never comes.
            self.in_handler.set()
        elif self.state == "not_read":
            self.ended.wait(30)
            return
        else:
            command = connection.answer(lambda header: header.get("c") == "subscribe")
            sub_id = command.get("sub_id") or command["cid"]
            if self.state == "reconnecting":
                self.server.refuse_more()
                connection.reset()
                return
            while self.state in ("flooded", "stuck") and not self.ended.is_set():
                connection.send_frame(BODY, c="p", t="close", sids=sub_id)
        connection.read_frame(60)

    def _count(self, *_arguments) -> None:
        self.calls += 1

    def _on_message(self, _message) -> None:
        self.calls += 1
        self.in_handler.set()
        if self.on_message:
            action, self.on_message = self.on_message, None
            action()
        if self.state == "stuck":
            self.ended.wait(0.3)  # Longer than a message takes, shorter than a close may.

    def enter(self) -> None:
        client = self.client
        client.set_exception_listener(self._count)
        client.add_connection_state_listener(self._count)
        if self.state == "new":
            return
        if self.state == "reconnecting":
            chooser = pyamps.DefaultServerChooser()
            chooser.add(self.server.uri)
            client.set_server_chooser(chooser)
            client.set_reconnect_delay(20)
            client.connect_and_logon()
        else:
            client.connect(self.server.uri)
            if self.state == "connected":
                return
            client.logon(timeout=20_000)
        if self.state == "waiting":
            self._in_thread(lambda: client.execute_async(pyamps.Command("subscribe").set_topic("x"), self._on_message))
            assert self.in_handler.wait(WAIT_S)
        elif self.state == "not_read":
            self._in_thread(self._publish_without_end)
        else:
            client.subscribe(self._on_message, "close", timeout=20_000)
        if self.state in ("flooded", "stuck"):
            assert self.in_handler.wait(WAIT_S)

    def _publish_without_end(self) -> None:
        while True:
            self.client.publish("close", "x" * 65536)

    def _in_thread(self, call: Callable[[], object]) -> None:
        def run() -> None:
            try:
                call()
            except pyamps.AMPSException:
                pass  # What close() makes of the call.

        self.helper = threading.Thread(target=run, daemon=True)
        self.helper.start()

    def leave(self) -> None:
        self.ended.set()
        if self.helper:
            self.helper.join(WAIT_S)
            assert not self.helper.is_alive(), "a blocked call was not ended by close()"
        self.server.close()


STATES = "new connected idle waiting not_read flooded stuck reconnecting".split()
# The places that can be reached in each state.
PLACES = "main thread twice race handler listener destructor with_block".split()
IN_HANDLER = ("flooded", "stuck")


def close_from(place: str, scene: Scene) -> float:
    """Closes, returns how long it took."""
    client, took = scene.client, []

    def close() -> None:
        began = time.monotonic()
        client.close()
        took.append(time.monotonic() - began)

    if place == "main":
        close()
    elif place == "thread":
        run_all([close])
    elif place == "twice":
        close()
        close()
    elif place == "race":
        run_all([close] * 4)
    elif place == "handler":
        done = threading.Event()
        scene.on_message = lambda: (close(), done.set())
        assert done.wait(WAIT_S)
        client.close()  # Now every thread of the client has ended.
    elif place == "listener":
        seen = threading.Event()
        client.add_connection_state_listener(lambda _state: (client.close(), seen.set()))
        close()
    elif place == "with_block":
        with client:
            began = time.monotonic()
        took.append(time.monotonic() - began)
    return max(took)


def run_all(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
        assert not thread.is_alive(), "close() hangs"


def cells() -> list[tuple[str, str]]:
    return [
        (place, state)
        for place in PLACES
        for state in STATES
        if place != "destructor" and (place != "handler" or state in IN_HANDLER)
    ]


@pytest.mark.parametrize("place, state", cells())
def test_close_ends_in_time_and_for_good(place: str, state: str):
    check_within(CLOSE_S + SLACK_S, lambda: close_for_good(place, state))


def close_for_good(place: str, state: str) -> float:
    scene = Scene(state)
    try:
        took_s = close_from(place, scene)
        calls = scene.calls
        with pytest.raises(pyamps.AMPSException):
            scene.client.flush(timeout=100)
        assert scene.calls == calls, "a callback ran after close() had returned"
    finally:
        scene.leave()
    assert scene.calls == calls, "a callback ran after close() had returned"
    return took_s


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("waiting", "not_read")])
def test_dropping_the_last_reference_closes(state: str):
    def drop() -> float:
        scene = Scene(state)
        client, scene.client = scene.client, None
        began = time.monotonic()
        del client
        gc.collect()
        took_s = time.monotonic() - began
        scene.leave()
        return took_s

    check_within(CLOSE_S + SLACK_S, drop)


CALLS_AFTER_CLOSE = {
    "publish": lambda client: client.publish("t", "x"),
    "subscribe": lambda client: client.subscribe(lambda _message: None, "t", timeout=100),
    "stream": lambda client: client.subscribe("t", timeout=100),
    "flush": lambda client: client.flush(timeout=100),
    "publish_flush": lambda client: client.publish_flush(timeout=100),
    "logon": lambda client: client.logon(timeout=100),
    "sow": lambda client: client.sow("t", timeout=100),
}


@pytest.mark.parametrize("call", CALLS_AFTER_CLOSE)
def test_calls_after_close_raise(call: str):
    scene = Scene("idle")
    scene.client.close()
    with pytest.raises(pyamps.AMPSException):
        CALLS_AFTER_CLOSE[call](scene.client)
    scene.leave()


WAITING_CALLS = {name: CALLS_AFTER_CLOSE[name] for name in ("subscribe", "stream", "flush", "publish_flush", "sow")}


@pytest.mark.parametrize("call", WAITING_CALLS)
def test_calls_that_wait_are_refused_in_a_handler(call: str):
    scene = Scene("flooded")
    outcome: list[BaseException | None] = []
    done = threading.Event()

    def try_it() -> None:
        try:
            WAITING_CALLS[call](scene.client)
            outcome.append(None)
        except BaseException as error:  # noqa: BLE001 - looked at below.
            outcome.append(error)
        done.set()

    scene.on_message = try_it
    try:
        assert done.wait(WAIT_S), "the call deadlocked"
        assert isinstance(outcome[0], pyamps.UsageException), outcome
    finally:
        scene.client.close()
        scene.leave()


def test_a_closed_client_connects_again():
    scene = Scene("idle")
    scene.client.close()
    scene.client.connect(scene.server.uri)
    scene.client.logon(timeout=20_000)
    scene.client.close()
    scene.leave()
