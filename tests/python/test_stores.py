# SPDX-License-Identifier: Apache-2.0
"""The stores of libamps: their methods, their files, and clients that use them. Kills: see tests/reliability."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, Collector, logged_on, wait_until

FILES = [AMPS.LoggedBookmarkStore, AMPS.MMapBookmarkStore]


def made(command, topic, data, **fields):
    message = AMPS.Message()
    message.set_command(command)
    message.set_topic(topic)
    message.set_data(data)
    for name, value in fields.items():
        getattr(message, f"set_{name}")(value)
    return message


def delivered(bookmark, sub_id="s"):
    return made("publish", "t", bookmark, bookmark=bookmark, sub_id=sub_id)


def replayed(store):
    found = []
    store.replay(lambda message: found.append((message.get_sequence(), message.get_data())))
    return found


@pytest.fixture(params=["memory", "file"])
def publish_store(request, tmp_path):
    store = AMPS.MemoryPublishStore() if request.param == "memory" else AMPS.PublishStore(tmp_path / "store")
    yield store
    store.close()


def test_publish_store_by_hand(publish_store):
    """PY-227 PY-228 PY-232 PY-233 PY-234 PY-235 PY-236 PY-237"""
    store = publish_store
    assert (store.get_lowest_unpersisted(), store.get_highest_unpersisted(), store.get_last_persisted()) == (0, 0, 0)
    assert [store.store(made("publish", "t", data)) for data in "abc"] == [1, 2, 3]
    assert replayed(store) == [(1, "a"), (2, "b"), (3, "c")]
    store.discard_up_to(1)
    assert store.unpersisted_count() == store.getUnpersistedCount() == 2
    assert (store.get_lowest_unpersisted(), store.get_highest_unpersisted(), store.get_last_persisted()) == (2, 3, 1)
    kept = []
    assert store.replay_single(kept.append, 3)
    assert not store.replay_single(kept.append, 1)
    assert [message.get_data() for message in kept] == ["c"]  # Valid after the call.
    with pytest.raises(AMPS.TimedOutException):
        store.flush(1)
    store.discard_up_to(3)
    store.flush()


def test_what_a_replayer_raises_ends_the_replay(publish_store):
    """PY-233"""
    seen = []

    class Replayer:
        def execute(self, message):
            seen.append(message.get_sequence())
            raise KeyError("enough")

    for data in "ab":
        publish_store.store(made("publish", "t", data))
    with pytest.raises(KeyError, match="enough"):
        publish_store.replay(Replayer())
    assert seen == [1]
    with pytest.raises(TypeError):
        publish_store.replay(1)


def test_a_file_is_one_stores_at_a_time_and_says_what_is_wrong(tmp_path):
    """PY-228 PY-241 PY-309"""
    for cls in (AMPS.PublishStore, *FILES):
        path = tmp_path / cls.__name__
        first = cls(str(path))
        with pytest.raises(AMPS.StoreException, match="another store may have it"):
            cls(path)
        first.close()
        second = cls(bytes(path))
        second.close()
        path.write_bytes(b"precious")
        with pytest.raises(AMPS.StoreException, match="damaged at offset 0"):
            cls(path)
        assert path.read_bytes() == b"precious"
    with pytest.raises(AMPS.StoreException):
        AMPS.PublishStore(tmp_path / "missing\x01dir" / "f" / ("x" * 300))
    with pytest.raises(AMPS.UsageException):
        AMPS.PublishStore("")


def test_a_closed_publish_store_refuses_messages(tmp_path):
    """PY-228"""
    store = AMPS.PublishStore(tmp_path / "f", sync=True)
    assert store.store(made("publish", "t", "a")) == 1
    store.sync()
    store.close()
    store.close()
    with pytest.raises(AMPS.StoreException, match="is closed"):
        store.store(made("publish", "t", "b"))
    assert replayed(AMPS.PublishStore(tmp_path / "f")) == [(1, "a")]


def test_bookmark_store_by_hand():
    """PY-240 PY-245 PY-246 PY-247 PY-248 PY-249 PY-250 PY-251 PY-252"""
    store = AMPS.MemoryBookmarkStore()
    assert store.get_most_recent("s") == "0"
    assert [store.log(delivered(f"7|{i}|")) for i in (1, 2, 3)] == [1, 2, 3]
    assert store.is_discarded(delivered("7|2|"))  # It was delivered.
    assert not store.is_discarded(delivered("7|4|"))
    assert store.get_oldest_bookmark_seq("s") == 1
    store.discard_message(delivered("7|2|"))
    assert store.get_most_recent("s") == "0"
    store.discard("s", 1)
    assert store.get_most_recent("s") == "7|2|"
    store.persisted("s", "9|9|")
    assert store.get_most_recent("s") == "7|2|"
    store.discard(delivered("7|3|"))
    store.persisted("s", "9|9|")
    assert store.get_most_recent("s") == "9|9|"
    store.set_server_version(5030000)
    store.purge("other")
    store.purge("s")
    assert store.get_most_recent("s") == "0"
    with pytest.raises(TypeError):
        store.discard("s")


@pytest.mark.parametrize("cls", FILES)
def test_bookmark_file(tmp_path, cls):
    """PY-241 PY-243 PY-254"""
    store = cls(tmp_path / "f", sync=True)
    for i in range(1, 200):
        store.log(delivered(f"7|{i}|"))
        store.discard(delivered(f"7|{i}|"))
    before = (tmp_path / "f").stat().st_size
    store.prune()
    store.prune("name of a temporary file")
    assert (tmp_path / "f").stat().st_size < before / 10
    store.sync()
    store.close()
    store.close()
    with pytest.raises(AMPS.StoreException, match="is closed"):
        store.discard(delivered("7|200|"))
    again = cls(tmp_path / "f")
    assert again.get_most_recent("s") == "7|199|"
    assert again.is_discarded(delivered("7|5|"))


def test_stores_of_an_ha_client(tmp_path):
    """PY-090 PY-091 PY-092 PY-109: in memory unless told otherwise; paths; factories."""
    client = AMPS.HAClient()
    assert type(client.get_publish_store()) is AMPS.MemoryPublishStore
    assert type(client.get_bookmark_store()) is AMPS.MemoryBookmarkStore
    assert client.get_timeout() == 10_000
    none = AMPS.HAClient(no_store=True)
    assert none.get_publish_store() is None
    assert none.get_bookmark_store() is None
    memory = AMPS.HAClient.create_memory_backed("memory")
    assert (memory.get_name(), type(memory.get_publish_store())) == ("memory", AMPS.MemoryPublishStore)
    files = AMPS.HAClient.createFileBacked(tmp_path / "p", tmp_path / "b", "files")
    assert (files.get_name(), type(files.get_publish_store())) == ("files", AMPS.PublishStore)
    assert type(files.get_bookmark_store()) is AMPS.LoggedBookmarkStore
    files.prune_store()
    files.prune_store("temporary")
    none.prune_store()  # Nothing to do.


def test_a_publish_is_kept_until_it_is_persisted(topic):
    """PY-227: get_unpersisted_count() falls to 0 without a transaction log, too."""
    with Broker() as broker, AMPS.HAClient() as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        assert client.publish(topic, "before the first logon") == 1
        assert client.get_unpersisted_count() == 1
        client.connect_and_logon()
        client.publish_flush(10_000)
        assert client.get_unpersisted_count() == 0
        client.disconnect()
        client.publish(topic, "offline")
        with pytest.raises(AMPS.DisconnectedException):
            client.publish_flush(10_000)


def test_a_full_store_makes_the_publisher_wait(topic):
    """PY-227: and raises where nothing would ever make room."""
    with Broker() as broker, AMPS.HAClient(publish_store=AMPS.MemoryPublishStore(size_bytes_max=20_000)) as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        with pytest.raises(AMPS.StoreException, match="not connected"):
            for _ in range(100):
                client.publish(topic, "x" * 1000)
        client.connect_and_logon()
        for _ in range(100):
            client.publish(topic, "x" * 1000)
        client.publish_flush(10_000)
        assert client.get_unpersisted_count() == 0


def test_methods_of_a_derived_store_are_called(topic, broker):
    """PY-231 PY-244"""

    class Counting(AMPS.MemoryPublishStore):
        stored = 0

        def store(self, message):
            self.stored += 1
            return super().store(message)

    store = Counting()
    with AMPS.Client("derived") as client:
        client.set_publish_store(store)
        client.connect(broker.uri("json"))
        client.logon(10_000)
        assert [client.publish(topic, "x") for _ in range(3)] == [1, 2, 3]
        client.publish_flush(10_000)
    assert store.stored == 3
    assert store.unpersisted_count() == 0


def test_publish_gap_is_an_error_when_wanted(tmp_path, topic):
    """PY-329: the server has forgotten what the store no longer has."""
    path = tmp_path / "store"
    with AMPS.HAClient("gap", publish_store=path) as client, Broker() as broker:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        client.connect_and_logon()
        client.publish(topic, "x")
        client.publish_flush(10_000)
        client.publish(topic, "y")  # Its record says that the first is persisted.
        client.publish_flush(10_000)
    client.get_publish_store().close()
    with Broker() as other, AMPS.Client("gap") as client:
        client.set_publish_store(AMPS.PublishStore(path, error_on_publish_gap=True))
        assert client.get_error_on_publish_gap()
        client.connect(other.uri("json"))
        with pytest.raises(AMPS.PublishStoreGapException):
            client.logon(10_000)


def test_duplicates_go_to_their_handler(tmp_path):
    """PY-240: a program that subscribes from the beginning gets only what it has not discarded."""
    seen, duplicates = Collector(), Collector()
    with (
        Broker(journal=tmp_path / "journal") as broker,
        logged_on(broker) as publisher,
        AMPS.HAClient("reader") as client,
    ):
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        client.connect_and_logon()
        client.set_duplicate_message_handler(duplicates)
        for number in range(4):
            publisher.publish("t", str(number))
        publisher.publish_flush(10_000, "persisted")
        messages = []
        sub_id = client.bookmark_subscribe(lambda m: messages.append(m.copy()), "t", "0", sub_id="mine")
        wait_until(lambda: len(messages) == 4)
        client.discard(messages[0])
        client.discard(messages[2])
        client.unsubscribe(sub_id)
        client.bookmark_subscribe(seen, "t", "0", sub_id="mine")
        wait_until(lambda: seen.data == ["1", "3"])
        wait_until(lambda: duplicates.data == ["0", "2"])


def test_a_handler_that_has_its_client_is_collected_after_close(broker, topic):
    """The limit of the ownership page: closing lets go of the handlers of subscriptions."""

    class Desk:
        def __init__(self):
            self.client = AMPS.Client()
            self.client.connect(broker.uri("json"))
            self.client.logon(10_000)
            self.client.subscribe(self.on_message, topic)

        def on_message(self, message):
            """Never called."""

    closed, open_one = Desk(), Desk()
    gone, stays, client = weakref.ref(closed), weakref.ref(open_one), open_one.client
    closed.client.close()
    del closed, open_one
    gc.collect()
    assert gone() is None
    assert stays() is not None
    client.close()
    del client
    gc.collect()
    assert stays() is None


def test_many_threads_publish_to_one_store(topic):
    """PY-234: each number is given once."""
    numbers = []
    with Broker() as broker, AMPS.HAClient() as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        client.connect_and_logon()

        def run():
            numbers.extend([client.publish(topic, "x") for _ in range(200)])

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.publish_flush(10_000)
    assert sorted(numbers) == list(range(1, 601))
