# SPDX-License-Identifier: Apache-2.0
"""Messages of queues: acknowledged by hand, by themselves, one at a time or in batches."""

from __future__ import annotations

import threading

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, Collector, logged_on, wait_until

JOBS = {"jobs": {"lease_period": "1h", "max_per_subscription_backlog": 10}}
OPTIONS = "max_backlog=10"


@pytest.fixture
def queues():
    with Broker(queues=JOBS) as running:
        yield running


def put(broker, *bodies):
    with logged_on(broker) as client:
        for body in bodies:
            client.publish("jobs", body)
        client.publish_flush(10_000)


def left(broker):
    """What another consumer gets, when those before it are gone."""
    with logged_on(broker) as client:
        client.publish("jobs", "end")
        client.publish_flush(10_000)
        bodies = []
        for message in client.subscribe("jobs", options=OPTIONS).timeout(10_000):
            assert message is not None, f"no end after {bodies}"
            bodies.append(message.get_data())
            if bodies[-1] == "end":
                return bodies[:-1]
        raise AssertionError("the stream ended")


def test_acknowledged_by_hand(queues):
    """PY-064 PY-179: by the message, by topic and bookmark, returned with cancel; once is enough."""
    put(queues, "1", "2", "3", "4")
    with logged_on(queues) as client:
        stream = client.subscribe("jobs", options=OPTIONS).timeout(10_000)
        one, two, three, _ = (next(stream) for _ in range(4))
        one.ack()
        client.ack(two)
        client.ack("jobs", three.get_bookmark())
        one.ack()
        client.flush(10_000)
    assert left(queues) == ["4"]


def test_cancel_gives_the_message_back(queues):
    """PY-179 6.1"""
    put(queues, "1")
    with logged_on(queues) as first, logged_on(queues) as second:
        message = next(first.subscribe("jobs", options=OPTIONS).timeout(10_000))
        waiting = second.subscribe("jobs", options=OPTIONS).timeout(10_000)
        message.ack("cancel")
        assert next(waiting).get_data() == "1"


def test_acks_go_in_batches(queues):
    """PY-065 PY-073 PY-074: when there are enough, or at flush_acks; pending ones are sent before a disconnect."""
    put(queues, *"123456")
    with logged_on(queues) as client:
        client.set_ack_batch_size(4)
        client.set_ack_timeout(0)
        stream = client.subscribe("jobs", options=OPTIONS).timeout(10_000)
        messages = [next(stream) for _ in range(6)]
        for message in messages[:4]:
            message.ack()
        client.flush(10_000)
        messages[4].ack()
        client.flush_acks()
        messages[5].ack()
    assert left(queues) == []


def test_a_handler_acknowledges_by_returning(queues):
    """PY-072: a handler that raises gives its message back."""
    put(queues, "good", "bad", "fine")
    got, failed = Collector(), threading.Event()

    def work(message):
        got(message)
        if message.get_data() == "bad":
            raise ValueError("not today")

    with logged_on(queues) as client:
        client.set_exception_listener(lambda error: failed.set())
        client.set_auto_ack(True)
        sub_id = client.subscribe(work, "jobs", options=OPTIONS)
        assert failed.wait(10)
        wait_until(lambda: "fine" in got.data)
        client.unsubscribe(sub_id)
        client.flush(10_000)
    assert left(queues) == ["bad"]


def test_a_stream_acknowledges_what_was_left_behind(queues):
    """PY-072 2.5: the message handed out is acknowledged when the next one is asked for."""
    put(queues, "1", "2")
    with logged_on(queues) as client:
        client.set_auto_ack(True)
        stream = client.subscribe("jobs", options=OPTIONS).timeout(10_000)
        assert [next(stream).get_data() for _ in range(2)] == ["1", "2"]
    assert left(queues) == ["2"]


def test_auto_ack_is_only_for_queues(queues, topic):
    """PY-072: nothing is sent for other messages."""
    with logged_on(queues) as client:
        client.set_auto_ack(True)
        stream = client.subscribe(topic).timeout(10_000)
        client.publish(topic, "x")
        client.publish(topic, "y")
        assert isinstance(next(stream), AMPS.Message)
        assert next(stream).get_data() == "y"
        client.flush(10_000)
