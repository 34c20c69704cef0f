# SPDX-License-Identifier: Apache-2.0
"""Transport filters: the bytes of the connection, seen and changed."""

from __future__ import annotations

import struct

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


def test_sees_both_directions(broker, topic):
    """ADV-20 ADV-21 ADV-23 PY-080: verbatim bytes, true for incoming, each byte once."""
    recorder, got = Recorder(), Collector()
    client = AMPS.Client("filtered")
    client.set_transport_filter(recorder)
    client.connect(broker.uri("json"))
    client.logon(10_000)
    client.subscribe(got, topic)
    client.publish(topic, '{"id": 7}')
    got.wait_for(1)
    client.close()
    sent, rest = frames(recorder.sent)
    assert rest == b""
    assert b"logon" in sent[0]
    assert any(frame.endswith(b'{"id": 7}') for frame in sent)
    received, _ = frames(recorder.received)
    assert any(frame.endswith(b'{"id": 7}') for frame in received)
    assert recorder.types == {(bytes, bool)}


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
def test_replaces(client, other, topic, kind):
    """ADV-24: bytes-like of equal length, in both directions."""
    plain, changed = Collector(), Collector()
    other.subscribe(plain, topic)
    client.subscribe(changed, topic)

    def redact(data, incoming):
        return kind(data.replace(b"secret", b"******" if not incoming else b"??????"))

    client.set_transport_filter(redact)
    client.publish(topic, '"my secret"')
    assert plain.wait_for(1)[0].get_data() == '"my ******"'
    other.publish(topic, '"a secret"')
    assert [message.get_data() for message in changed.wait_for(2)] == ['"my ******"', '"a ??????"']


def test_raising_closes_the_connection(broker, topic):
    """A filter that raises must fail safe: nothing passes, the listener is told."""
    caught, got = [], Collector()
    error = ValueError("not this way")

    def refuse(data, incoming):
        if b"forbidden" in data:
            raise error

    with logged_on(broker) as watcher, logged_on(broker) as client:
        watcher.subscribe(got, topic)
        client.set_exception_listener(caught.append)
        client.set_transport_filter(refuse)
        client.publish(topic, "fine")
        got.wait_for(1)
        try:
            client.publish(topic, "forbidden")
            wait_until(lambda: caught)
        except (AMPS.AMPSException, ValueError) as raised:
            caught.append(raised)
        watcher.flush(10_000)
        assert got.data == ["fine"]
        with pytest.raises(AMPS.ConnectionException):
            client.flush(5000)
        assert any("not this way" in str(seen) for seen in caught)


def test_wrong_return_type_closes_the_connection(broker, topic):
    """A filter that returns neither None nor bytes-like raises a TypeError by itself."""
    with logged_on(broker) as client:
        client.set_exception_listener(lambda error: None)
        client.set_transport_filter(lambda data, incoming: 5)
        with pytest.raises((AMPS.AMPSException, TypeError)):
            client.flush(5000)
