# SPDX-License-Identifier: Apache-2.0
"""Bookmark subscriptions as a Python program sees them. Names carry the rows of the scoreboard."""

from __future__ import annotations

import pytest

import pyamps
from pyamps import Command
from pyamps.testing import wait_until

WAIT_MS = 10_000
EPOCH = "0"


def put(client, *bodies, topic="orders"):
    for body in bodies:
        client.publish(topic, body)
    client.publish_flush(WAIT_MS)


def follow(client, bookmark, topic="orders", **members):
    command = Command("subscribe").set_topic(topic).set_bookmark(bookmark).set_timeout(WAIT_MS)
    for name, value in members.items():
        getattr(command, f"set_{name}")(value)
    return client.execute(command).timeout(WAIT_MS)


def take(stream, count):
    return [next(stream) for _ in range(count)]


def bodies(messages):
    return [message.get_data() for message in messages]


def test_TXL_03_TXL_10_replay_and_then_live(serve, connect):
    client = connect(serve(journal=True))
    put(client, "1", "2", "3")
    stream = follow(client, EPOCH)
    assert bodies(take(stream, 3)) == ["1", "2", "3"]
    put(client, "4")
    assert bodies(take(stream, 1)) == ["4"]


def test_TXL_04_NOW_begins_with_what_comes_next(serve, connect):
    client = connect(serve(journal=True))
    put(client, "1")
    stream = follow(client, "0|1|")
    put(client, "2")
    assert bodies(take(stream, 1)) == ["2"]


def test_TXL_05_TXL_06_a_reader_goes_on_where_it_was(serve, connect):
    """Two publishers; the reader comes back with the last bookmark of each, as a bookmark store does."""
    broker = serve(journal=True)
    one, two = connect(broker), connect(broker)
    put(one, "a1")
    put(two, "b1")
    put(one, "a2")
    reader = connect(broker)
    seen = take(follow(reader, EPOCH), 3)
    reader.close()
    put(two, "b2")
    latest = {message.get_bookmark().split("|")[0]: message.get_bookmark() for message in seen}
    assert len(latest) == 2
    again = follow(connect(broker), ",".join(latest.values()))
    # From the earliest of both on: what the reader has of the other publisher comes once more, and is known.
    rest = take(again, 2)
    assert bodies(rest) == ["a2", "b2"]
    assert rest[0].get_bookmark() == seen[2].get_bookmark()


def test_TXL_37_TXL_39_the_log_outlives_the_broker(serve, connect, tmp_path):
    broker = serve(journal=tmp_path / "log")
    put(connect(broker), "1", "2")
    client = connect(broker)
    bookmark = take(follow(client, EPOCH), 1)[0].get_bookmark()
    client.close()
    broker.stop()
    broker = serve(journal=tmp_path / "log")
    client = connect(broker)
    put(client, "3")
    assert bodies(take(follow(client, bookmark), 2)) == ["2", "3"]


def test_TXL_08_a_range_of_time_on_a_manual_clock(serve, connect):
    broker = serve(journal=True, clock="manual")
    client = connect(broker)
    for number in range(5):
        put(client, str(number))
        broker.advance(60)
    stream = follow(client, "[20231114T221420:20231114T221620)", options="timestamp")
    messages = take(stream, 2)
    assert bodies(messages) == ["1", "2"]
    assert messages[0].get_timestamp() == "20231114T221420.000000Z"
    client.flush()
    assert stream.get_depth() == 0


def test_TXL_17_pause_and_resume(serve, connect):
    client = connect(serve(journal=True))
    received = []

    def reader(**members):
        command = Command("subscribe").set_topic("orders").set_sub_id("reader").set_timeout(WAIT_MS)
        for name, value in members.items():
            getattr(command, f"set_{name}")(value)
        client.execute_async(command, lambda message: received.append(message.get_data()))

    put(client, "1")
    reader(bookmark=EPOCH)
    wait_until(lambda: received == ["1"])
    reader(options="pause")
    put(client, "2")
    client.flush()
    assert received == ["1"]
    reader(options="resume")
    wait_until(lambda: received == ["1", "2"])


def test_TXL_13_TXL_14_DLT_09_filters_patterns_and_merged_deltas(serve, connect):
    broker = serve(journal=True, sow={"orders": "/id"})
    client = connect(broker)
    put(client, '{"id":1,"a":1}')
    client.delta_publish("orders", '{"id":1,"b":2}')
    put(client, '{"id":2,"a":1}')
    stream = follow(client, EPOCH, topic="^ord", filter="/id = 1")
    assert bodies(take(stream, 2)) == ['{"id":1,"a":1}', '{"id":1,"a":1,"b":2}']


def test_QUE_30_a_queue_is_replayed_without_leases(serve, connect):
    client = connect(serve(queues=["jobs"]))
    put(client, "1", "2", topic="jobs")
    messages = take(follow(client, EPOCH, topic="jobs"), 2)
    assert bodies(messages) == ["1", "2"]
    assert not messages[0].get_lease_period()
    assert take(client.subscribe("jobs").timeout(WAIT_MS), 1)[0].get_data() == "1"


def test_TXL_36_without_a_log_there_is_nothing_to_replay(serve, connect):
    client = connect(serve())
    with pytest.raises(pyamps.InvalidTopicException):
        follow(client, EPOCH)


def test_SUB_10_a_replay_delivers_the_selected_fields(serve, connect):
    client = connect(serve(journal=True))
    put(client, '{"id":1,"a":1,"b":2}')
    assert bodies(take(follow(client, EPOCH, options="select=[-/,+/id]"), 1)) == ['{"id":1}']


class LastOfEach:
    """A bookmark store: the last bookmark of each publisher, which is enough for who takes messages in order."""

    def __init__(self):
        self.latest = {}

    def log(self, message):
        publisher, _, _ = message.get_bookmark().partition("|")
        self.latest[publisher] = message.get_bookmark()
        return len(self.latest)

    def is_discarded(self, message):
        publisher, sequence, _ = message.get_bookmark().split("|")
        latest = self.latest.get(publisher)
        return latest is not None and int(sequence) <= int(latest.split("|")[1])

    def get_most_recent(self, sub_id):
        return ",".join(self.latest.values()) or EPOCH

    def persisted(self, sub_id, bookmark):
        pass


def test_TXL_06_TXL_10_a_client_that_reconnects_misses_nothing_and_repeats_nothing(serve, connect, tmp_path):
    broker = serve(journal=tmp_path)
    port = int(broker.uri("json").split(":")[2].split("/")[0])
    put(connect(broker), "a1", "a2")
    put(connect(broker), "b1")
    received = []
    client = pyamps.HAClient("reader", bookmark_store=LastOfEach())
    client.set_server_chooser(pyamps.DefaultServerChooser().add(broker.uri("json")))
    client.set_reconnect_delay(10)
    client.connect_and_logon()
    try:
        recent = pyamps.Client.Bookmarks.MOST_RECENT
        client.bookmark_subscribe(lambda message: received.append(message.get_data()), "orders", recent, sub_id="r")
        wait_until(lambda: received == ["a1", "a2", "b1"])
        broker.stop()
        broker = serve(journal=tmp_path, port=port)
        put(connect(broker), "c1", "c2")
        wait_until(lambda: received == ["a1", "a2", "b1", "c1", "c2"])
    finally:
        client.close()
