# SPDX-License-Identifier: Apache-2.0
"""Publish and bookmark stores while brokers and clients are killed.

The promises of the stores: what was published is in the log exactly once, and a bookmark subscription has every
message once and in order within one process; the next process gets again what was not discarded, and no more.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from logged_server import WAIT_S, LoggedServer, Seen, ha_client

import pyamps

KILLS = int(os.environ.get("AMPS_STORE_KILLS", "3"))  # Of each kind; nightly: 100.
RECENT = pyamps.Client.Bookmarks.MOST_RECENT


def test_PY_227_PY_233_REL_19_a_store_in_memory_loses_and_doubles_nothing_over_killed_brokers(
    server: LoggedServer,
) -> None:
    with ha_client(server.uri, "publisher") as client:  # Both stores are in memory, as nothing else is asked for.
        client.connect_and_logon()
        count = 0
        for kill in range(KILLS):
            for _ in range(500):
                count += 1
                client.publish("t", str(count))
            if kill % 2:
                server.restart()
            else:  # Published while nobody is there.
                server.kill()
                for _ in range(50):
                    count += 1
                    client.publish("t", str(count))
                server.start()
        client.publish_flush(WAIT_S * 1000)
        assert client.get_unpersisted_count() == 0
    assert server.whole_log() == [str(i) for i in range(1, count + 1)]


def test_PY_227_what_a_new_store_got_before_its_first_logon_follows_what_the_server_has(server: LoggedServer) -> None:
    for life in range(3):
        with ha_client(server.uri, "same name") as client:
            for i in range(5):
                client.publish("t", f"{life}-{i}")
            client.connect_and_logon()
            client.publish("t", f"{life}-5")
            client.publish_flush(WAIT_S * 1000)
    assert server.whole_log() == [f"{life}-{i}" for life in range(3) for i in range(6)]


PUBLISHER = """
import sys, pyamps
uri, path, first, connects = sys.argv[1:]
client = pyamps.HAClient("publisher", publish_store=path)
client.set_server_chooser(pyamps.DefaultServerChooser().add(uri))
client.set_reconnect_delay(10)
if connects == "1":
    client.connect_and_logon()
number = int(first)
while True:
    client.publish("t", str(number))
    print(number, flush=True)  # It is promised now.
    number += 1
"""


def test_PY_228_C1_a_store_in_a_file_loses_and_doubles_nothing_over_killed_publishers(
    server: LoggedServer, tmp_path: Path
) -> None:
    path = tmp_path / "store"
    promised = 0
    for kill in range(KILLS):
        connects = "0" if kill == 0 else "1"  # The first one has never heard of a server.
        words = [sys.executable, "-c", PUBLISHER, server.uri, str(path), str(promised + 1), connects]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                promised = int(line)
                if promised % 300 == 0:
                    break
            if kill % 2:
                server.kill()
            process.kill()
            for line in process.stdout:  # What it still said, whole lines only.
                if line.endswith("\n"):
                    promised = int(line)
        if kill % 2:
            server.start()
        # A message may be stored whose number was not printed any more: the next one would say it again.
        with ha_client(server.uri, "publisher", publish_store=path) as client:
            client.connect_and_logon()
            client.publish_flush(WAIT_S * 1000)
        client.get_publish_store().close()  # The next process needs the file.
        log = server.whole_log()
        assert log == [str(i) for i in range(1, len(log) + 1)]
        assert promised <= len(log) <= promised + 1
        promised = len(log)


def test_PY_240_C3_a_subscription_has_each_message_once_and_in_order_over_killed_brokers(server: LoggedServer) -> None:
    with ha_client(server.uri, "publisher") as publisher, ha_client(server.uri, "subscriber") as client:
        publisher.connect_and_logon()
        client.connect_and_logon()
        seen = Seen(client, lambda number: number % 7 != 0)
        client.bookmark_subscribe(seen, "t", RECENT, sub_id="mine")
        count = 0
        for _ in range(KILLS):
            for _ in range(300):
                count += 1
                publisher.publish("t", str(count))
            server.restart()
        publisher.publish_flush(WAIT_S * 1000)
        seen.wait(count)
    assert seen.data == [str(i) for i in range(1, count + 1)]


def test_PY_240_a_subscription_from_now_on_misses_nothing_that_came_before_it_discarded_anything(
    server: LoggedServer,
) -> None:
    with ha_client(server.uri, "publisher") as publisher, ha_client(server.uri, "subscriber") as client:
        publisher.connect_and_logon()
        publisher.publish("t", "before")
        publisher.publish_flush(WAIT_S * 1000)
        client.connect_and_logon()
        seen = Seen(client, lambda _number: False)
        client.bookmark_subscribe(seen, "t", pyamps.Client.Bookmarks.NOW, sub_id="mine")
        for count in range(1, 5):
            publisher.publish("t", str(count))
        seen.wait(4)
        server.kill()
        for count in range(5, 9):
            publisher.publish("t", str(count))
        server.start()
        seen.wait(8)
    assert seen.data == [str(i) for i in range(1, 9)]


SUBSCRIBER = """
import sys, threading, pyamps
uri, path, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = pyamps.HAClient("subscriber", bookmark_store=path)
client.set_server_chooser(pyamps.DefaultServerChooser().add(uri))
client.connect_and_logon()
def on_message(message):
    number = int(message.get_data())
    print("got", number, flush=True)
    if number % 5 != 4:  # Those are discarded by nobody in this life, so later ones are out of order.
        client.discard(message)
        print("done", number, flush=True)
    if number == last:
        threading.Event().wait()
client.bookmark_subscribe(on_message, "t", pyamps.Client.Bookmarks.MOST_RECENT, sub_id="mine")
threading.Event().wait()
"""


@pytest.mark.parametrize("kind", ["LoggedBookmarkStore", "MMapBookmarkStore"])
def test_PY_241_PY_243_C3_the_next_process_gets_what_was_not_discarded_and_nothing_else(
    server: LoggedServer, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "bookmarks"
    with ha_client(server.uri, "publisher") as publisher:
        publisher.connect_and_logon()
        for number in range(1, 61):
            publisher.publish("t", str(number))
        publisher.publish_flush(WAIT_S * 1000)
    done: set[int] = set()
    for life in range(3):
        last = 20 * (life + 1)
        words = [sys.executable, "-c", SUBSCRIBER, server.uri, str(path), str(last)]
        got: list[int] = []
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                what, number = line.split()
                if what == "got":
                    got.append(int(number))
                else:
                    done.add(int(number))
                    if int(number) == last:
                        break
            process.kill()
        assert got == [number for number in range(1, last + 1) if number % 5 == 4 or number > last - 20]
    store = getattr(pyamps, kind)(path)  # Nobody has the file any more.
    assert store.get_most_recent("mine").endswith("|3|")
    store.close()
