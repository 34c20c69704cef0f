# SPDX-License-Identifier: Apache-2.0
"""REL-32: a broker, a line or a client that falls silent without a word loses and doubles nothing.

Nobody sees an end of stream: only heartbeats tell. When the silent one goes on, what it had in its buffers
comes too, beside what the others have meanwhile sent again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from chaos import Chaos
from logged_server import EPOCH, WAIT_S, LoggedServer, Seen, ha_client

import pyamps

ROUNDS = int(os.environ.get("AMPS_SILENCES", "2"))  # Nightly: 20.
EACH = 200  # Messages before, during and after a silence.
INTERVAL_S, TIMEOUT_S = 1, 2


class Lost:
    """Set once the client has lost its session."""

    def __init__(self, client: pyamps.HAClient) -> None:
        self._event = threading.Event()
        client.set_heartbeat(INTERVAL_S, TIMEOUT_S)
        client.add_connection_state_listener(self._on_state)

    def _on_state(self, state: int) -> None:
        if state == pyamps.ConnectionStateListener.Disconnected:
            self._event.set()

    def expect(self) -> None:
        """Of what comes now: during a silence an attempt to come back may be lost too."""
        self._event.clear()

    def wait(self) -> None:
        assert self._event.wait(WAIT_S), "nobody noticed the silence"


def check_silences(server: LoggedServer, uri: str, begin: Callable[[], None], end: Callable[[], None]) -> None:
    """A publisher and a subscriber with stores, both of whom notice the silence."""
    with ha_client(uri, "publisher") as publisher, ha_client(uri, "subscriber") as subscriber:
        losses = [Lost(publisher), Lost(subscriber)]
        publisher.connect_and_logon()
        subscriber.connect_and_logon()
        seen = Seen(subscriber, lambda number: number % 7 != 0)
        subscriber.bookmark_subscribe(seen, "t", EPOCH, sub_id="mine")
        count = 0

        def publish() -> None:
            nonlocal count
            for _ in range(EACH):
                count += 1
                publisher.publish("t", str(count))

        for _ in range(ROUNDS):
            publish()
            for loss in losses:
                loss.expect()
            begin()
            publish()
            for loss in losses:
                loss.wait()
            publish()
            end()
            publish()
            seen.wait(count)
        publisher.publish_flush(WAIT_S * 1000)
    assert seen.data == [str(number) for number in range(1, count + 1)]
    assert server.whole_log() == seen.data


def test_REL_32_a_broker_that_stands_still(server: LoggedServer) -> None:
    def send(number: int) -> Callable[[], None]:
        return lambda: os.kill(server.process.pid, number)

    check_silences(server, server.uri, send(signal.SIGSTOP), send(signal.SIGCONT))


def test_REL_32_a_line_that_carries_nothing(server: LoggedServer) -> None:
    with Chaos(server.port) as chaos:

        def begin() -> None:
            chaos.stall("up")
            chaos.stall("down")

        def end() -> None:
            chaos.resume("up")
            chaos.resume("down")

        check_silences(server, chaos.uri, begin, end)


PROGRAM = f"""
import sys, pyamps
client = pyamps.HAClient("both")
client.set_server_chooser(pyamps.DefaultServerChooser().add(sys.argv[1]))
client.set_reconnect_delay(10)
client.set_heartbeat({INTERVAL_S}, {TIMEOUT_S})
client.connect_and_logon()
def on_message(message):
    print(message.get_data(), flush=True)
    client.discard(message)
client.bookmark_subscribe(on_message, "t", pyamps.Client.Bookmarks.EPOCH, sub_id="mine")
number = 0
for _line in sys.stdin:
    for number in range(number + 1, number + {EACH} + 1):
        client.publish("t", str(number))
client.publish_flush({WAIT_S * 1000})
"""


def test_REL_32_a_client_that_stands_still(server: LoggedServer) -> None:
    words = [sys.executable, "-c", PROGRAM, server.uri]
    got: list[str] = []
    with contextlib.ExitStack() as at_end:
        client = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        at_end.enter_context(client)
        at_end.callback(client.kill)  # Before its end is waited for, which a stopped one never reaches.

        def publish() -> None:
            client.stdin.write("more\n")

        def read_up_to(count: int) -> None:
            while len(got) < count:
                line = client.stdout.readline()
                assert line, f"the client ended after {got[-1:]}"
                got.append(line.strip())

        for silence in range(ROUNDS):
            lines = len(server.process.log)
            publish()
            read_up_to(2 * silence * EACH + 1)
            client.send_signal(signal.SIGSTOP)
            publish()
            server.process.wait_for_log("heartbeat", WAIT_S, lines)
            client.send_signal(signal.SIGCONT)
            read_up_to((2 * silence + 2) * EACH)
        client.stdin.close()
        assert client.wait(WAIT_S) == 0
    assert got == [str(number) for number in range(1, 2 * ROUNDS * EACH + 1)]
    assert server.whole_log() == got
