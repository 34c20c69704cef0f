# SPDX-License-Identifier: Apache-2.0
"""REL-13: every blocking call ends in time, at its time-out and at Ctrl-C, against a peer that never answers."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from promised_time import check_within
from raw_peer import FakeServer, ServerConnection

TIMEOUT_MS = 300
OVER_S = 0.1  # The promise.
SLACK_S = 0.4  # For a machine that is shared.


def silent(call: str):
    """A server that answers what comes before the blocking call, and not the call itself."""

    def script(connection: ServerConnection) -> None:
        if call == "logon":
            connection.read_frame(60)
        else:
            connection.accept_logon()
        if call in ("stream_next", "sow_next"):
            connection.answer(lambda header: header.get("c") in ("subscribe", "sow"))
        if call == "publish_peer_not_reading":
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            TEST_ENDS.wait(30)
            return
        while True:
            connection.read_frame(60)

    return script


TEST_ENDS = threading.Event()  # Lets scripts end that must not read.


@contextmanager
def full_backlog() -> Iterator[str]:
    """A listener whose queue is full: connecting neither succeeds nor fails."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    waiting = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        waiting.append(filler)
    try:
        yield f"tcp://127.0.0.1:{port}/amps/json"
    finally:
        for filler in waiting:
            filler.close()
        listener.close()


@contextmanager
def refusing_port() -> Iterator[str]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))  # Bound but not listening: refused, and nobody else takes the port.
        yield f"tcp://127.0.0.1:{holder.getsockname()[1]}/amps/json"


@contextmanager
def peer_for(call: str) -> Iterator[str]:
    TEST_ENDS.clear()
    if call == "connect":
        with full_backlog() as uri:
            yield uri
    elif call == "reconnect_wait":
        with refusing_port() as uri:
            yield uri
    elif call == "tls_handshake":
        with FakeServer(lambda connection: TEST_ENDS.wait(30)) as server:
            try:
                yield server.uri.replace("tcp:", "tcps:")
            finally:
                TEST_ENDS.set()
    else:
        with FakeServer(silent(call)) as server:
            try:
                yield server.uri
            finally:
                TEST_ENDS.set()


class Child:
    def __init__(self, call: str, uri: str, timeout_ms: int) -> None:
        script = Path(__file__).with_name("blocking_call.py")
        command = [sys.executable, str(script), call, uri, str(timeout_ms)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first = self._process.stdout.readline()
        assert first == "BLOCKED\n", first + self._process.stderr.read()

    def wait_until_asleep(self) -> None:
        """Its main thread has been sleeping at ten looks in a row."""
        asleep, end = 0, time.monotonic() + 10
        while asleep < 10 and time.monotonic() < end:
            state = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0]
            asleep = asleep + 1 if state == "S" else 0
            time.sleep(0.01)
        assert asleep >= 10, "the call did not block"

    def interrupt(self) -> float:
        sent = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        return sent

    def result(self) -> tuple[str, float, float]:
        """How the call ended, when it began, when it ended; the child must then close and exit cleanly."""
        try:
            said, errors = self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            said, errors = self._process.communicate()
            pytest.fail(f"the call did not end: {said} {errors[-500:]}")
        assert self._process.returncode == 0, errors[-1000:]
        lines = said.splitlines()
        assert lines[-1] == "USABLE"
        how, began, ended = lines[0].split()
        return how, float(began), float(ended)


WITH_TIMEOUT = "logon execute_ack subscribe_ack flush publish_flush sow_delete_ack sow_next stream_next".split()
INTERRUPTIBLE = [*WITH_TIMEOUT, "connect", "tls_handshake", "reconnect_wait", "publish_peer_not_reading"]


@pytest.mark.parametrize("call", WITH_TIMEOUT)
def test_call_ends_at_its_time_out(call: str):
    def let_it_end() -> float:
        with peer_for(call) as uri:
            how, began, ended = Child(call, uri, TIMEOUT_MS).result()
        assert how == "timeout"
        assert ended - began >= TIMEOUT_MS / 1000 - 0.01
        return ended - began

    check_within(TIMEOUT_MS / 1000 + OVER_S + SLACK_S, let_it_end)


@pytest.mark.parametrize("call", INTERRUPTIBLE)
def test_control_c_ends_the_call(call: str):
    def interrupt() -> float:
        with peer_for(call) as uri:
            child = Child(call, uri, 0)
            child.wait_until_asleep()
            sent = child.interrupt()
            how, _, ended = child.result()
        assert how == "interrupt"
        return ended - sent

    check_within(OVER_S + SLACK_S, interrupt)
