# SPDX-License-Identifier: Apache-2.0
"""Queues as a Python program sees them, on a clock that the test moves."""

from __future__ import annotations

import pytest

import pyamps
from pyamps import Command
from pyamps.testing import wait_until

LEASED = {"jobs": {"lease_period": "30s", "max_per_subscription_backlog": 10}}


def put(client, *bodies):
    for body in bodies:
        client.publish("jobs", body)
    client.publish_flush()


def take(stream):
    return next(stream.timeout(10_000))


def available(client, topic="jobs"):
    query = Command("sow").set_topic(topic).set_batch_size(10)
    return [m.get_data() for m in client.execute(query) if m.get_command() == "sow"]


def test_QUE_01_QUE_02_messages_are_leased_and_acknowledged(serve, connect):
    broker = serve(queues=LEASED, clock="manual")
    one, two = connect(broker), connect(broker)
    first = one.subscribe("jobs")
    put(one, "a", "b")
    message = take(first)
    assert message.get_data() == "a"
    assert message.get_topic() == "jobs"
    assert message.get_lease_period() == "20231114T221350.000000Z"
    second = two.subscribe("jobs")
    assert take(second).get_data() == "b"
    put(one, "c")
    message.ack()
    one.flush_acks()
    assert take(first).get_data() == "c"


def test_QUE_06_EMB_06_a_lease_ends_when_the_clock_says_so(serve, connect):
    broker = serve(queues=LEASED, clock="manual")
    client = connect(broker)
    stream = client.subscribe("jobs")
    put(client, "a")
    first = take(stream)
    broker.advance(29.999)
    client.flush()
    assert stream.get_depth() == 0
    broker.advance(0.001)
    again = take(stream)
    assert again.get_bookmark() == first.get_bookmark()
    assert again.get_lease_period() > first.get_lease_period()


def test_QUE_09_QUE_10_messages_are_given_back_or_dropped(serve, connect):
    client = connect(serve(queues=["jobs"]))
    stream = client.subscribe("jobs")
    put(client, "a", "b")
    take(stream).ack("cancel")
    client.flush_acks()
    again = take(stream)
    assert again.get_data() == "a"
    again.ack("expire")
    client.flush_acks()
    assert take(stream).get_data() == "b"


def test_QUE_11_a_message_is_delivered_so_often_as_is_allowed(serve, connect):
    broker = serve(queues={"jobs": {"lease_period": "1s", "max_deliveries": 2}}, clock="manual")
    client = connect(broker)
    stream = client.subscribe("jobs")
    put(client, "a", "b")
    assert take(stream).get_data() == "a"
    broker.advance(1)
    assert take(stream).get_data() == "a"
    broker.advance(1)
    assert take(stream).get_data() == "b"


def test_QUE_29_what_expires_is_published_where_the_queue_says(serve, connect):
    jobs = {"expiration": "5s", "dead_letter": "dead"}
    broker = serve(queues={"jobs": jobs, "dead": {}}, clock="manual")
    client = connect(broker)
    put(client, '{"id": 1}')
    wait_until(lambda: available(client))
    broker.advance(5)
    assert take(client.subscribe("dead")).get_data() == '{"id": 1}'
    assert available(client) == []


def test_QUE_20_QUE_44_several_queues_of_one_topic_and_their_order(serve, connect):
    queues = {"old": {"underlying_topic": "in"}, "big": {"underlying_topic": "in", "priority": "/n"}}
    client = connect(serve(queues=queues))
    client.publish("in", '{"n": 1}')
    client.publish("in", '{"n": 5}')
    client.publish_flush()
    wait_until(lambda: len(available(client, "old")) == len(available(client, "big")) == 2)
    assert available(client, "old") == ['{"n": 1}', '{"n": 5}']
    assert available(client, "big") == ['{"n": 5}', '{"n": 1}']
    assert take(client.subscribe("big")).get_data() == '{"n": 5}'


def test_QUE_34_what_is_not_settled_outlives_the_broker(serve, connect, tmp_path):
    broker = serve(queues=["jobs"], journal=tmp_path / "log")
    client = connect(broker)
    stream = client.subscribe("jobs")
    put(client, "a", "b")
    bookmark = take(stream).get_bookmark()
    settle = Command("sow_delete").set_topic("jobs").set_bookmark(bookmark).add_ack_type("persisted")
    assert next(client.execute(settle)).get_status() == "success"
    broker.stop()
    client = connect(serve(queues=["jobs"], journal=tmp_path / "log"))
    assert available(client) == ["b"]
    assert take(client.subscribe("jobs")).get_data() == "b"


def test_a_queue_needs_its_topic_in_the_log(serve):
    with pytest.raises(pyamps.UsageException, match="not logged"):
        serve(queues=["jobs"], journal={"topic": [{"name": "other", "message_type": "json"}]})
    with pytest.raises(pyamps.UsageException, match="needs a TransactionLog"):
        serve(queues=["jobs"], journal=False)


def test_a_clock_is_manual_or_that_of_the_system(serve):
    with pytest.raises(ValueError, match="clock"):
        serve(clock="fast")
    with pytest.raises(pyamps.UsageException, match="clock is that of the system"):
        serve().advance(1)
    with pytest.raises(ValueError, match="does not go back"):
        serve(clock="manual").advance(-1)
