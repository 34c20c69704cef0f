# SPDX-License-Identifier: Apache-2.0
"""REL-05, direction c: what a broken or hostile server sends never crashes or confuses a client."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

import pytest
from frames import Frame, Outcome, rows_for
from raw_peer import Closed, FakeServer, ServerConnection

import pyamps

CLOSE_S = 1.0
SLACK_S = 10.0
TIMEOUT_MS = 20_000
ROUNDS_MAX = 16


class Script:
    """Logs the client on, lets it subscribe, sends the row's bytes, then one good message."""

    def __init__(self, row: Frame) -> None:
        self._row = row
        self.client_closed = threading.Event()
        self.sent = threading.Event()

    def __call__(self, connection: ServerConnection) -> None:
        connection.accept_logon()
        command = connection.answer(lambda header: header.get("c") == "subscribe")
        sub_id = command.get("sub_id") or command["cid"]
        query = connection.answer(lambda header: header.get("c") == "sow")
        try:
            self._provoke(connection, query.get("query_id") or query["cid"])
            if not self._row.half_close:
                connection.send_frame(b"after", c="p", t="good", sids=sub_id)
            self.sent.set()
            connection.answer_forever()
        except Closed:
            pass
        self.sent.set()
        self.client_closed.set()

    def _provoke(self, connection: ServerConnection, query_id: str) -> None:
        data = self._row.bytes_for("c")
        if b'"ID"' in data:
            content = data[4:].replace(b"ID", query_id.encode())
            data = struct.pack(">I", len(content)) + content
        for piece in [data[i : i + 1] for i in range(len(data))] if self._row.one_by_one else [data]:
            connection.send(piece)
        if self._row.half_close:
            connection.socket.shutdown(socket.SHUT_WR)


class Watcher:
    """Everything the client told its program."""

    def __init__(self, client: pyamps.Client) -> None:
        self.texts: list[str] = []
        self.bodies: list[str] = []
        self.disconnected = threading.Event()
        self.good = threading.Event()
        client.set_exception_listener(lambda error: self.texts.append(str(error)))
        client.set_disconnect_handler(lambda _client: self.disconnected.set())

    def on_message(self, message) -> None:
        self.bodies.append(message.get_data())
        self.good.set()


@pytest.fixture
def client():
    it = pyamps.Client("victim")
    yield it
    it.close()


class PublishStore:
    """Keeps nothing, but what it was told to discard."""

    def __init__(self) -> None:
        self.discarded: list[int] = []

    def store(self, _message) -> int:
        return 1

    def discard_up_to(self, sequence: int) -> None:
        self.discarded.append(sequence)

    def replay(self, _replayer) -> None:
        pass

    def unpersisted_count(self) -> int:
        return 0


TO_CLIENT = [row for row in rows_for("c") if row.id != "F71"]


@pytest.mark.parametrize("row", TO_CLIENT, ids=lambda row: row.id)
def test_client(row: Frame, client: pyamps.Client):
    script = Script(row)
    watcher = Watcher(client)
    store = PublishStore()
    client.set_publish_store(store)
    with FakeServer(script) as server:
        client.connect(server.uri)
        client.logon(timeout=TIMEOUT_MS)
        client.subscribe(watcher.on_message, "good", timeout=TIMEOUT_MS)
        client.sow(lambda _message: None, "odd", timeout=TIMEOUT_MS)
        assert script.sent.wait(10)
        if (row.at_client or row.outcome) in (Outcome.CLOSE, Outcome.HANG_UP):
            assert script.client_closed.wait(CLOSE_S + SLACK_S), "the client kept the connection"
            assert watcher.disconnected.wait(CLOSE_S + SLACK_S), "the program was not told"
            assert not watcher.bodies, "a message behind the broken one was delivered"
            if row.reason:
                assert any(row.reason in text for text in watcher.texts), watcher.texts
            with contextlib.suppress(pyamps.AMPSException):
                client.flush(timeout=200)  # Whatever it says, it says it in time.
        else:
            assert watcher.good.wait(10), "the message behind it did not come"
            assert watcher.bodies == ["after"]
            assert not watcher.disconnected.is_set()
            if row.outcome is Outcome.REPORT:
                assert any("not sent" in text for text in watcher.texts), watcher.texts
                assert set(store.discarded) <= {0}


def test_client_gives_up_when_asked_for_authentication_without_end(client: pyamps.Client):
    (row,) = [row for row in rows_for("c") if row.id == "F71"]
    rounds = []

    class Patient:
        def authenticate(self, _user, _password):
            return "first"

        def retry(self, _user, _password):
            rounds.append(1)
            return "again"

        def completed(self, _user, _password, _reason):
            raise AssertionError("no logon was accepted")

    def ask_again(connection: ServerConnection) -> None:
        while True:
            header, _ = connection.read_frame()
            content = row.bytes_for("c")[4:].replace(b"ID", str(header["cid"]).encode())
            connection.send(struct.pack(">I", len(content)) + content)

    with FakeServer(ask_again) as server:
        client.connect(server.uri)
        with pytest.raises(pyamps.AuthenticationException):
            client.logon(timeout=TIMEOUT_MS, authenticator=Patient())
    assert 1 <= len(rounds) <= ROUNDS_MAX
