# SPDX-License-Identifier: Apache-2.0
"""Queues over sockets: what kill -9 may and may not do to their messages, and who gets the next one.

The rules themselves are compared with a model in tests/unit/broker/queue, on a virtual clock.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from broker_process import BrokerProcess, logged_configuration

import pyamps
from pyamps import Command

HISTORIES = int(os.environ.get("AMPS_QUEUE_CRASHES", "3"))  # Random ones of each kind; nightly: 100.
KILLS = 4  # In each.
WAIT_MS = 10_000

QUEUE = "<Queue><Name>jobs</Name><MessageType>json</MessageType>{settings}</Queue>"


class Consumer:
    """One subscription to the queue on a connection of its own."""

    def __init__(self, broker: BrokerProcess, name: str, backlog: int) -> None:
        self.client = pyamps.Client(name)
        self.client.connect(broker.uri)
        self.client.logon(WAIT_MS)
        request = Command("subscribe").set_topic("jobs").set_options(f"max_backlog={backlog}").set_timeout(WAIT_MS)
        self.stream = self.client.execute(request).timeout(WAIT_MS)
        self.held: dict[int, str] = {}  # Bookmarks by number.

    def take(self) -> int:
        message = next(self.stream)
        assert message is not None, "no message came"
        number = json.loads(message.get_data())["n"]
        assert number not in self.held
        self.held[number] = message.get_bookmark()
        return number

    def settle(self, number: int, *, confirmed: bool) -> None:
        request = Command("sow_delete").set_topic("jobs").set_bookmark(self.held.pop(number)).set_timeout(WAIT_MS)
        if confirmed:
            request.add_ack_type("persisted")
        wait_for(self.client, request) if confirmed else self.client.execute_async(request, ignore)

    def close(self) -> None:
        self.client.close()


def ignore(_message: pyamps.Message) -> None:
    pass


def wait_for(client: pyamps.Client, request: Command) -> pyamps.Message:
    """Send a command and wait for its only ack."""
    with client.execute(request) as answers:
        answer = next(answers.timeout(WAIT_MS))
        assert answer is not None
        assert answer.get_status() == "success", answer.get_reason()
        return answer


def publish(client: pyamps.Client, numbers: range) -> None:
    for number in numbers:
        request = Command("publish").set_topic("jobs").set_data(json.dumps({"n": number}))
        if number == numbers[-1]:
            request.add_ack_type("persisted")
            wait_for(client, request)
        else:
            client.execute_async(request, ignore)


def depth(client: pyamps.Client) -> int:
    """Messages in the queue, leased or not."""
    request = Command("sow_delete").set_topic("jobs").set_filter("1 = 0").add_ack_type("stats")
    return wait_for(client, request).get_topic_matches()


@contextmanager
def killed(journal: Path, settings: str) -> Iterator[BrokerProcess]:
    """A broker that ends by kill -9."""
    broker = BrokerProcess(logged_configuration(journal, QUEUE.format(settings=settings)))
    try:
        yield broker
    finally:
        broker.kill()


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_REL_21_QUE_34_kill_loses_and_repeats_nothing_that_was_promised(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    sent = 0
    owed: set[int] = set()  # Published and not settled.
    unsure: set[int] = set()  # Settled without waiting for the answer.
    for kill in range(KILLS + 1):
        with killed(tmp_path, "<MaxPerSubscriptionBacklog>5</MaxPerSubscriptionBacklog>") as broker:
            consumer = Consumer(broker, "consumer", 5)
            left = depth(consumer.client)
            assert len(owed) <= left <= len(owed | unsure)
            count = chance.randint(5, 25)
            publish(consumer.client, range(sent, sent + count))
            owed.update(range(sent, sent + count))
            sent += count
            left += count
            latest = -1
            for _ in range(left if kill == KILLS else chance.randint(1, left)):
                number = consumer.take()
                assert number > latest, "a message came before an older one"
                latest = number
                unsure.discard(number)  # It is back, so its settling was lost.
                owed.add(number)
                if len(consumer.held) == 5 or chance.random() < 0.7:
                    settled = chance.choice(sorted(consumer.held))
                    confirmed = kill == KILLS or chance.random() < 0.5
                    consumer.settle(settled, confirmed=confirmed)
                    owed.discard(settled)
                    if not confirmed:
                        unsure.add(settled)
            if kill == KILLS:
                for number in list(consumer.held):
                    consumer.settle(number, confirmed=True)
                    owed.discard(number)
                assert depth(consumer.client) == 0
            if chance.random() < 0.3:
                consumer.close()
    assert not owed


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_REL_21_QUE_03_at_most_once_is_never_twice(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    seen: set[int] = set()
    sent = 0
    for _ in range(KILLS):
        settings = "<Semantics>at-most-once</Semantics><MaxPerSubscriptionBacklog>5</MaxPerSubscriptionBacklog>"
        with killed(tmp_path, settings) as broker:
            consumer = Consumer(broker, "consumer", 5)
            publish(consumer.client, range(sent, sent + 20))
            sent += 20
            for _ in range(chance.randint(1, 10)):
                number = consumer.take()
                assert number not in seen
                seen.add(number)
                consumer.settle(number, confirmed=False)


def test_REL_21_a_message_of_one_consumer_is_nobody_elses(tmp_path: Path) -> None:
    chance = random.Random(7)
    with killed(tmp_path, "<MaxPerSubscriptionBacklog>3</MaxPerSubscriptionBacklog>") as broker:
        consumers = [Consumer(broker, f"c{i}", 3) for i in range(3)]
        publish(consumers[0].client, range(200))
        done: set[int] = set()
        while 200 - len(done) > 9:  # More than all of them may hold, so there is one for whoever has room.
            at = chance.randrange(3)
            consumer = consumers[at]
            if len(consumer.held) < 3:
                number = consumer.take()
                assert number not in done
                assert sum(number in one.held for one in consumers) == 1
            elif chance.random() < 0.1:
                consumer.close()  # What it held goes to whoever has room.
                consumers[at] = Consumer(broker, f"c{at}-{len(done)}", 3)
            else:
                number = chance.choice(sorted(consumer.held))
                consumer.settle(number, confirmed=True)
                done.add(number)
        rest = Consumer(broker, "rest", 3)
        for one in consumers:
            one.close()
        while len(done) < 200:
            number = rest.take()
            assert number not in done
            rest.settle(number, confirmed=True)
            done.add(number)
        assert depth(rest.client) == 0


def proportional(backlogs: list[int], held: list[int], _last: int) -> int:
    free = [i for i in range(len(backlogs)) if held[i] < backlogs[i]]
    return min(free, key=lambda i: (held[i] / backlogs[i], i))


def round_robin(backlogs: list[int], held: list[int], last: int) -> int:
    order = [(last + 1 + i) % len(backlogs) for i in range(len(backlogs))]
    return next(i for i in order if held[i] < backlogs[i])


def fast(backlogs: list[int], held: list[int], _last: int) -> int:
    return next(i for i in range(len(backlogs)) if held[i] < backlogs[i])


@pytest.mark.parametrize(
    ("model", "pick"), [("proportional", proportional), ("round-robin", round_robin), ("fast", fast)]
)
def test_REL_34_the_next_message_goes_to_whom_the_model_says(
    tmp_path: Path, model: str, pick: Callable[[list[int], list[int], int], int]
) -> None:
    backlogs = [2, 5, 8]
    settings = f"<FairnessModel>{model}</FairnessModel><MaxPerSubscriptionBacklog>8</MaxPerSubscriptionBacklog>"
    chance = random.Random(34)
    with killed(tmp_path, settings) as broker:
        consumers = [Consumer(broker, f"c{i}", backlog) for i, backlog in enumerate(backlogs)]
        held, last, number = [0, 0, 0], -1, 0
        publish(consumers[0].client, range(300))
        while number < 300:
            if held == backlogs:
                one = chance.randrange(3)
                consumers[one].settle(chance.choice(sorted(consumers[one].held)), confirmed=False)
                consumers[one].client.flush(WAIT_MS)
                held[one] -= 1
            last = pick(backlogs, held, last)
            assert consumers[last].take() == number
            held[last] += 1
            number += 1


def test_REL_34_a_free_consumer_does_not_wait(tmp_path: Path) -> None:
    """The next message is on its way when the acknowledgement is answered."""
    with killed(tmp_path, "") as broker:
        consumer = Consumer(broker, "c", 1)
        arrived: list[int] = []
        publish(consumer.client, range(50))
        for number in range(50):
            assert consumer.take() == number
            consumer.settle(number, confirmed=False)
            consumer.client.flush(WAIT_MS)
            arrived.append(consumer.stream.get_depth())
        assert arrived == [1] * 49 + [0]
