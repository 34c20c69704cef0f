# SPDX-License-Identifier: Apache-2.0
"""Bookmark subscriptions: what is asked of the server, and what comes of it."""

from __future__ import annotations

import pytest
from scripted_server import ScriptedServer

import pyamps as AMPS
from pyamps.testing import Broker, Collector, logged_on


@pytest.fixture
def server():
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def client(server):
    with AMPS.Client("bookmarks") as connected:
        connected.connect(server.uri)
        connected.logon(10_000)
        yield connected


class Store:
    """A bookmark store that has seen messages before."""

    def __init__(self, most_recent, discarded=()):
        self.most_recent = most_recent
        self.discarded = set(discarded)
        self.logged = []

    def log(self, message):
        self.logged.append((message.get_sub_id(), message.get_bookmark()))
        return len(self.logged)

    def is_discarded(self, message):
        return message.get_bookmark() in self.discarded

    def discard_message(self, message):
        self.discarded.add(message.get_bookmark())

    def get_most_recent(self, sub_id):
        return self.most_recent

    def persisted(self, sub_id, bookmark):
        pass


def subscriptions(server):
    return [command for command in server.commands if command["c"] == "subscribe"]


def test_bookmark_subscribe(server, client):
    """PY-055 PY-017 PY-148: positional with a handler, by keyword as a stream; messages carry their bookmarks."""
    got = Collector()
    sub_id = client.bookmark_subscribe(got, "orders", AMPS.Client.Bookmarks.EPOCH, "/id = 1")
    (message,) = got.wait_for(1)
    assert (message.get_bookmark(), message.get_sub_id()) == ("5|1|", sub_id)
    stream = client.bookmark_subscribe("orders", "7|3|", options="live", sub_id="mine", timeout=5000)
    assert next(stream).get_bookmark() == "5|1|"
    first, second = subscriptions(server)
    assert (first["t"], first["bm"], first["filter"]) == ("orders", "0", "/id = 1")
    assert (second["bm"], second["opts"], second["sub_id"]) == ("7|3|", "live", "mine")
    client.bookmark_subscribe(got, "orders", AMPS.Client.Bookmarks.NOW, None)
    assert subscriptions(server)[2]["bm"] == "0|1|"


def test_replay_then_live():
    """PY-055: a real log, from the beginning, from a bookmark, and only what comes; then live without a gap."""
    with Broker(journal=True) as broker, logged_on(broker) as client:
        for number in range(3):
            client.publish("orders", str(number))
        client.publish_flush(10_000)
        replayed, after, live = Collector(), Collector(), Collector()
        client.bookmark_subscribe(replayed, "orders", AMPS.Client.Bookmarks.EPOCH, None)
        first = replayed.wait_for(3)[0].get_bookmark()
        client.bookmark_subscribe(after, "orders", first)
        client.bookmark_subscribe(live, "orders", AMPS.Client.Bookmarks.NOW)
        with client.bookmark_subscribe("orders", AMPS.Client.Bookmarks.EPOCH, timeout=10_000) as stream:
            client.publish("orders", "3")
            stream.timeout(10_000)
            assert [next(stream).get_data() for _ in range(4)] == ["0", "1", "2", "3"]
        replayed.wait_for(4)
        after.wait_for(3)
        live.wait_for(1)
    assert replayed.data == ["0", "1", "2", "3"]
    assert after.data == ["1", "2", "3"]
    assert live.data == ["3"]


def test_most_recent_is_asked_of_the_store(server):
    """PY-019 PY-055 PY-077: it never reaches the server; without a store it is the beginning."""
    for store, sent in ((None, "0"), (Store("9|4|,8|2|"), "9|4|,8|2|"), (Store("0"), "0")):
        with AMPS.Client() as client:
            if store is not None:
                client.set_bookmark_store(store)
            client.connect(server.uri)
            client.logon(10_000)
            for most_recent in (AMPS.Client.Bookmarks.MOST_RECENT, "recent"):
                client.bookmark_subscribe(lambda message: None, "orders", most_recent)
                assert subscriptions(server)[-1]["bm"] == sent


def test_messages_seen_before_go_to_the_duplicate_handler(server):
    """PY-085 PY-069 PY-174 PY-244 PY-245 PY-246 PY-247: only messages of bookmark subscriptions are looked up, kept."""
    got, duplicates, store = Collector(), Collector(), Store("0")
    with AMPS.Client() as client:
        client.set_bookmark_store(store)
        client.set_duplicate_message_handler(duplicates)
        client.connect(server.uri)
        client.logon(10_000)
        client.subscribe(got, "orders")
        got.wait_for(1)
        assert store.logged == []
        sub_id = client.bookmark_subscribe(got, "orders", "0")
        # So that the resume point of a quiet subscription advances.
        assert subscriptions(server)[-1]["a"] == "processed,persisted"
        message = got.wait_for(2)[1]
        assert store.logged == [(sub_id, "5|1|")]
        assert message.get_bookmark_seq_no() == message.getBookmarkSeqNo() == 1
        client.discard(message)
        assert store.discarded == {"5|1|"}
        client.bookmark_subscribe(got, "orders", "0")
        assert duplicates.wait_for(1)[0].get_bookmark() == "5|1|"
        assert len(got) == 2
        assert len(store.logged) == 1


def test_timer_commands(server, client):
    """PY-070 PY-071: legacy; the acknowledgement of the second is its answer."""
    assert client.start_timer() is None
    stop_id = client.stop_timer(lambda message: None)
    started, stopped = server.commands[-2:]
    assert (started["c"], stopped["c"], stopped["cid"]) == ("start_timer", "stop_timer", stop_id)
