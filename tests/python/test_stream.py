# SPDX-License-Identifier: Apache-2.0
"""Streams: messages on the program's own thread."""

from __future__ import annotations

import gc
import threading
import weakref

import pyamps as AMPS
from pyamps.testing import wait_until


def test_iterates_and_keeps_messages(client, topic):
    """PY-216: messages belong to the program."""
    stream = client.subscribe(topic)
    for n in range(5):
        client.publish(topic, str(n))
    messages = [next(stream) for _ in range(5)]
    client.publish(topic, "later")
    assert [message.get_data() for message in messages] == list("01234")
    assert stream.next().get_data() == "later"
    assert iter(stream) is stream


def test_timeout_yields_none(client, topic):
    """PY-217: and the stream stays open."""
    stream = client.subscribe(topic).timeout(20)
    assert next(stream) is None
    client.publish(topic, "x")
    assert next(stream.timeout(10_000)).get_data() == "x"


def test_close_ends_the_iteration(client, topic):
    """PY-221 PY-223: what waits can still be read; closing twice is fine."""
    with client.subscribe(topic) as stream:
        pass
    stream.close()
    assert list(stream) == []
    client.publish(topic, "x")
    client.flush(10_000)
    assert stream.get_depth() == 0


def test_close_wakes_the_reader(client, topic):
    """PY-221: from another thread."""
    stream = client.subscribe(topic)
    reader = threading.Thread(target=list, args=(stream,))
    reader.start()
    stream.close()
    reader.join(10)
    assert not reader.is_alive()


def test_dropping_the_stream_unsubscribes(client, topic):
    """PY-222: at once, without waiting."""
    stream = client.subscribe(topic)
    sub_id = stream.get_sub_id()
    del stream
    assert client.remove_message_handler(sub_id) is False
    client.execute_async(AMPS.Command("subscribe").set_topic(topic).set_sub_id(sub_id), print)


def test_ids(client, topic):
    """PY-224"""
    stream = client.execute(AMPS.Command("subscribe").set_topic(topic).set_sub_id("chosen"))
    assert stream.get_sub_id() == "chosen"
    assert stream.get_command_id()
    client.unsubscribe("chosen")
    assert list(stream) == []


def test_depth_and_limit(client, topic):
    """PY-219 PY-220: reading pauses at the limit; commands still work; nothing is lost."""
    stream = client.subscribe(topic).max_depth(10)
    assert stream.get_max_depth() == 10
    for n in range(500):
        client.publish(topic, str(n))
    client.flush(10_000)
    wait_until(lambda: stream.get_depth() >= 10)
    client.flush(10_000)
    assert [next(stream).get_data() for _ in range(500)] == [str(n) for n in range(500)]
    client.set_default_max_depth(3)
    assert client.subscribe(topic).get_max_depth() == 3


def test_conflation(client, topic):
    """PY-218: setting it on a stream; messages without a key stay."""
    stream = client.subscribe(topic).conflate()
    for n in range(3):
        client.publish(topic, str(n))
    assert [next(stream).get_data() for _ in range(3)] == list("012")


def test_read_many(client, topic):
    """One wait for many messages."""
    stream = client.subscribe(topic).timeout(5000)
    for n in range(10):
        client.publish(topic, str(n))
    got = []
    while len(got) < 10:
        got += stream.read_many(4)
    assert [message.get_data() for message in got] == [str(n) for n in range(10)]
    assert stream.timeout(10).read_many(4) == []


def test_stream_keeps_the_client(broker, topic):
    """The client lives as long as its stream."""

    def subscribed():
        client = AMPS.Client()
        client.connect(broker.uri("json"))
        client.logon(10_000)
        client.publish(topic, "lost")
        stream = client.subscribe(topic)
        client.publish(topic, "kept")
        return stream, weakref.ref(client)

    stream, client = subscribed()
    assert next(stream).get_data() == "kept"
    assert client() is not None
    del stream
    gc.collect()
    assert client() is None


def test_publishing_in_the_loop(client, topic):
    """12 of chapter 8: the same client publishes while its stream is read."""
    client.publish(topic, "lost")
    stream = client.subscribe(topic)
    client.publish(topic, "3")
    seen = []
    for message in stream:
        count = int(message.get_data())
        seen.append(count)
        if count == 0:
            break
        client.publish(topic, str(count - 1))
    assert seen == [3, 2, 1, 0]
