# SPDX-License-Identifier: Apache-2.0
"""Replay over sockets while messages are published and the broker is killed.

A reader that comes back with the last bookmark it has seen must find all the rest, in order, once.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
from pathlib import Path

import pytest
from broker_process import BrokerProcess, logged_configuration

import pyamps
from pyamps import Command

HISTORIES = int(os.environ.get("AMPS_REPLAY_CRASHES", "2"))  # Random ones; nightly: 100.
KILLS = 4  # In each.
WAIT_MS = 20_000


def connected(broker: BrokerProcess, name: str) -> pyamps.Client:
    client = pyamps.Client(name)
    client.connect(broker.uri)
    client.logon(WAIT_MS)
    return client


class Publisher:
    """Numbers its messages from 1 to as far as it comes, on a thread of its own, and knows what was promised."""

    def __init__(self, broker: BrokerProcess, first: int) -> None:
        self.client = connected(broker, f"publisher-{first}")
        self.first = self.next = first
        self.promised = 0  # Nothing up to it may be lost.
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self.stop.is_set():
                for _ in range(50):
                    self.client.publish("t", str(self.next))
                    self.next += 1
                sent = self.next - 1
                request = Command("flush").add_ack_type("persisted").set_timeout(WAIT_MS)
                with self.client.execute(request) as answers:
                    if next(answers.timeout(WAIT_MS)) is None:
                        return
                self.promised = sent
        except (pyamps.AMPSException, StopIteration):
            pass  # The broker is gone.

    def join(self) -> None:
        self.stop.set()
        self._thread.join()
        self.client.close()


def replay(client: pyamps.Client, bookmark: str) -> pyamps.MessageStream:
    request = Command("subscribe").set_topic("t").set_bookmark(bookmark).set_timeout(WAIT_MS)
    return client.execute(request.set_options("bookmark_not_found=fail")).timeout(WAIT_MS)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_REL_19_TXL_10_TXL_29_a_reader_misses_nothing_over_kills(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    settings = logged_configuration(tmp_path)
    publishers: list[Publisher] = []
    seen: list[int] = []
    bookmark = "0"
    for kill in range(KILLS):
        broker = BrokerProcess(settings)
        try:
            # Far above the last one, so that a number that is missing in between cannot be taken for its start.
            publishers.append(Publisher(broker, 1 + kill * 1_000_000))
            reader = connected(broker, "reader")
            for message in itertools.islice(replay(reader, bookmark), chance.randint(200, 2_000)):
                assert message is not None, "no message came"
                seen.append(int(message.get_data()))
                bookmark = message.get_bookmark()
        finally:
            broker.kill()
            publishers[-1].join()
        reader.close()
        with BrokerProcess(settings) as broker:
            check = connected(broker, "check")
            every = [int(data) for data in history(check, "[0:0|1|]")]
            check.close()
        assert every[: len(seen)] == seen, "the reader missed something, or had what is gone"
        starts = {publisher.first for publisher in publishers}
        for before, number in itertools.pairwise([0, *every]):
            assert number == before + 1 or (number > before and number in starts), "a gap, or out of order"
        for publisher in publishers:
            assert publisher.promised in (0, *every), "a promise was broken"


def history(client: pyamps.Client, bookmark: str) -> list[str]:
    """The bodies of a range, up to its `completed`."""
    request = Command("subscribe").set_topic("t").set_bookmark(bookmark).set_timeout(WAIT_MS).add_ack_type("completed")
    bodies: list[str] = []
    with client.execute(request) as stream:
        for message in stream.timeout(WAIT_MS):
            assert message is not None, "no message came"
            if message.get_command() == "ack":
                if message.get_ack_type() == "completed":
                    return bodies
                continue
            bodies.append(message.get_data())
    raise AssertionError("the connection was lost")


def test_REL_19_readers_that_come_and_go_while_messages_are_published(tmp_path: Path) -> None:
    """Each goes on from its own bookmark; the broker has many loops, and cursors end in the middle of batches."""
    chance = random.Random(19)
    with BrokerProcess(logged_configuration(tmp_path)) as broker:
        publisher = Publisher(broker, 1)
        expected = [1] * 5
        bookmarks = ["0"] * 5
        try:
            for turn in range(40):
                at = chance.randrange(5)
                reader = connected(broker, f"reader-{turn}")
                goal = chance.randint(1, 300)
                for message in itertools.islice(replay(reader, bookmarks[at]), goal):
                    assert message is not None, "no message came"
                    assert message.get_data() == str(expected[at])
                    expected[at] += 1
                    bookmarks[at] = message.get_bookmark()
                reader.close()
        finally:
            publisher.join()
