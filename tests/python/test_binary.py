# SPDX-License-Identifier: Apache-2.0
"""Bodies are bytes: every value, every size, over every transport."""

from __future__ import annotations

import hashlib

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, Collector

MIB = 1 << 20
PATTERN = bytes(range(256))


@pytest.fixture(params=["tcp", "tcps", "unix", "zlib"])
def binary_client(request, broker, tls_broker, authority, tmp_path):
    """A client of type binary over each way there is."""
    options = {"tcps": f"?tls_ca={authority.ca}", "zlib": "?compression=zlib"}.get(request.param, "")
    with Broker(unix_path=tmp_path / "socket") as with_unix, AMPS.Client() as client:
        served = {"tcps": tls_broker, "unix": with_unix}.get(request.param, broker)
        transport = "tcp" if request.param == "zlib" else request.param
        client.connect(served.uri("binary", transport=transport) + options)
        client.logon(10_000)
        yield client


def test_every_byte_value(binary_client, topic):
    """ADV-25: alone, as all of them, and in an order that is no UTF-8."""
    got = Collector()
    bodies = [PATTERN, PATTERN[::-1], *(bytes([value]) for value in range(256))]
    binary_client.subscribe(got, topic)
    for body in bodies:
        binary_client.publish(topic, body)
    assert [message.get_data_raw() for message in got.wait_for(len(bodies))] == bodies


@pytest.mark.parametrize("size", [0, 1, 16 * MIB])
def test_sizes(binary_client, topic, size):
    """ADV-25 PY-342: empty, one byte, and far more than any buffer."""
    body = (PATTERN * (size // len(PATTERN) + 1))[:size]
    stream = binary_client.subscribe(topic).timeout(60_000)
    binary_client.publish(topic, body)
    message = next(stream)
    assert message.get_message_length() == size
    assert hashlib.sha256(message.get_data_raw()).digest() == hashlib.sha256(body).digest()
    assert memoryview(message).nbytes == size


def test_text_only_where_it_is_text(binary_client, topic):
    """ADV-25 PY-135 PY-136: get_data() raises on what is no UTF-8, get_data_raw() never does."""
    stream = binary_client.subscribe(topic).timeout(10_000)
    for body in ("grün".encode(), b"\xff\xfe", b"cut \xe2\x82", b"\xed\xa0\x80"):
        binary_client.publish(topic, body)
        message = next(stream)
        assert message.get_data_raw() == body
        if body.startswith(b"gr"):
            assert message.get_data() == "grün"
            continue
        with pytest.raises(UnicodeDecodeError):
            message.get_data()
        assert message.copy().get_data_raw() == body


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_kinds_of_bytes(client, topic, kind):
    """PY-050: what has the buffer protocol is a body, a part of a larger one, too."""
    stream = client.subscribe(topic).timeout(10_000)
    client.publish(topic, kind(PATTERN))
    client.publish(topic, memoryview(kind(PATTERN))[10:20])
    client.publish(topic, memoryview(kind(PATTERN))[::2])
    assert [next(stream).get_data_raw() for _ in range(3)] == [PATTERN, PATTERN[10:20], PATTERN[::2]]


def test_empty_and_absent(client, topic):
    """PY-135: an empty payload is "", none is None."""
    stream = client.execute(AMPS.Command("subscribe").set_topic(topic).add_ack_type("processed"))
    assert next(stream).get_data() is None
    client.publish(topic, "")
    message = next(stream)
    assert (message.get_data(), message.get_data_raw()) == ("", b"")
