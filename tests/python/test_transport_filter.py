# SPDX-License-Identifier: Apache-2.0
"""Transport filters: the bytes of the connection, seen and changed."""

from __future__ import annotations

import struct
from contextlib import contextmanager

import pytest

import pyamps as AMPS
from pyamps.testing import Collector, logged_on, wait_until


class Recorder:
    def __init__(self):
        self.sent = b""
        self.received = b""
        self.types = set()

    def __call__(self, data, incoming):
        self.types.add((type(data), type(incoming)))
        if incoming:
            self.received += data
        else:
            self.sent += data


def frames(data):
    """The frames of a byte stream; the length prefix is part of what a filter sees."""
    found = []
    while len(data) >= 4:
        (size,) = struct.unpack(">I", data[:4])
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found, data


@contextmanager
def session(uri, name=None):
    with AMPS.Client(name) as client:
        client.connect(uri)
        client.logon(10_000)
        yield client


def test_sees_both_directions(uri_of, topic):
    """ADV-20 ADV-21 ADV-22 ADV-23 PY-080: verbatim bytes, true for incoming, each byte once; with TLS in plain text."""
    recorder, got = Recorder(), Collector()
    with AMPS.Client("filtered") as client:
        client.set_transport_filter(recorder)
        client.connect(uri_of("json"))
        client.logon(10_000)
        client.subscribe(got, topic)
        client.publish(topic, '{"id": 7}')
        got.wait_for(1)
    sent, rest = frames(recorder.sent)
    assert rest == b""
    assert b"logon" in sent[0]
    assert any(frame.endswith(b'{"id": 7}') for frame in sent)
    received, rest = frames(recorder.received)
    assert rest == b""
    assert any(frame.endswith(b'{"id": 7}') for frame in received)
    assert recorder.types == {(bytes, bool)}


def test_incoming_bytes_need_not_be_whole_messages(uri_of, topic):
    """ADV-23: a message larger than a read comes in parts, in order."""
    parts, got = [], Collector()
    body = bytes(range(256)) * 4096
    with session(uri_of("binary")) as client:
        client.subscribe(got, topic)
        client.set_transport_filter(lambda data, incoming: parts.append(data) if incoming else None)
        client.publish(topic, body)
        assert got.wait_for(1)[0].get_data_raw() == body
    assert len(parts) > 1
    assert body in b"".join(parts)


def test_none_removes_it(client, topic):
    """7.4: no call after removal."""
    recorder = Recorder()
    client.set_transport_filter(recorder)
    client.flush(10_000)
    client.set_transport_filter(None)
    before = recorder.sent
    assert before
    client.flush(10_000)
    assert recorder.sent == before
    with pytest.raises(TypeError):
        client.set_transport_filter(17)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_replaces(uri_of, topic, kind):
    """ADV-24: bytes-like of equal length, in both directions."""

    def redact(data, incoming):
        return kind(data.replace(b"secret", b"******" if not incoming else b"??????"))

    plain, changed = Collector(), Collector()
    with session(uri_of()) as other, session(uri_of()) as client:
        other.subscribe(plain, topic)
        client.subscribe(changed, topic)
        client.set_transport_filter(redact)
        client.publish(topic, '"my secret"')
        assert plain.wait_for(1)[0].get_data() == '"my ******"'
        other.publish(topic, '"a secret"')
        assert [message.get_data() for message in changed.wait_for(2)] == ['"my ******"', '"a ??????"']


def test_replaces_by_another_length(uri_of, topic):
    """7.4: the filter keeps the length prefix right."""

    def longer(data, incoming):
        found, rest = frames(data)
        grown = [frame.replace(b"short", b"very much longer") for frame in found]
        return None if incoming else b"".join(struct.pack(">I", len(frame)) + frame for frame in grown) + rest

    got = Collector()
    with session(uri_of()) as client:
        client.subscribe(got, topic)
        client.set_transport_filter(longer)
        client.publish(topic, '"short"')
        assert got.wait_for(1)[0].get_data() == '"very much longer"'


@pytest.mark.parametrize("size", [1, 300_000])
@pytest.mark.parametrize("direction", ["outgoing", "incoming"])
def test_raising_closes_the_connection(uri_of, topic, direction, size):
    """ADV-24: a filter that raises fails safe: nothing passes, and the listener gets what it raised."""
    caught, got = [], Collector()
    error = ValueError("not this way")

    def refuse(data, incoming):
        if b"forbidden" in data and incoming == (direction == "incoming"):
            raise error

    with session(uri_of()) as other, session(uri_of()) as client:
        (other if direction == "outgoing" else client).subscribe(got, topic)
        client.set_exception_listener(caught.append)
        client.set_transport_filter(refuse)
        sender = client if direction == "outgoing" else other
        sender.publish(topic, "fine")
        got.wait_for(1)
        sender.publish(topic, "forbidden" * size)
        wait_until(lambda: caught)
        with pytest.raises(AMPS.DisconnectedException):
            client.flush(5000)
        other.flush(10_000)
    assert got.data == ["fine"]
    assert caught == [error]


@pytest.mark.parametrize("result", [5, "text", True])
def test_wrong_return_type_closes_the_connection(broker, topic, result):
    """A filter that returns neither None nor bytes-like raises a TypeError by itself."""
    caught = []
    with logged_on(broker) as client:
        client.set_exception_listener(caught.append)
        client.set_transport_filter(lambda data, incoming: result)
        with pytest.raises((AMPS.DisconnectedException, TypeError)):
            client.flush(5000)
        wait_until(lambda: caught)
    assert isinstance(caught[0], TypeError)


def test_filter_of_the_next_connection(broker):
    """A client whose filter ended its connection connects again, through the same filter."""
    seen = []

    def once(data, incoming):
        seen.append(data)
        if len(seen) == 1:
            raise ValueError("the first bytes")

    with AMPS.Client() as client:
        client.set_exception_listener(lambda error: None)
        client.set_transport_filter(once)
        client.connect(broker.uri("json"))
        with pytest.raises((AMPS.AMPSException, ValueError)):
            client.logon(10_000)
        client.disconnect()
        client.connect(broker.uri("json"))
        client.logon(10_000)
        client.flush(10_000)
    assert len(seen) > 2
