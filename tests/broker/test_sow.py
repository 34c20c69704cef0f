# SPDX-License-Identifier: Apache-2.0
"""State of the world as a Python program sees it. Names carry the rows of the scoreboard."""

from __future__ import annotations

import json

import pytest

import pyamps
from pyamps import Command, Message

SOW = Message.Command.SOW


def records(client, command):
    return [message.get_data() for message in client.execute(command) if message.get_command() == SOW]


def query(topic="orders", **members):
    command = Command("sow").set_topic(topic).set_batch_size(10)
    for name, value in members.items():
        getattr(command, f"set_{name}")(value)
    return command


def test_SOW_01_SOW_06_SOW_07_latest_message_of_each_key(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    for body in ({"id": 1, "n": 1}, {"id": 2, "n": 1}, {"id": 1, "n": 2}):
        client.publish("orders", json.dumps(body))
    client.publish_flush()
    assert records(client, query()) == ['{"id": 1, "n": 2}', '{"id": 2, "n": 1}']


def test_SOW_02_SOW_13_composite_keys_and_queries_by_key(serve, connect):
    client = connect(serve(sow={"orders": ["/id", "/venue"]}))
    for venue in "XY":
        client.publish("orders", json.dumps({"id": 1, "venue": venue}))
    keys = [m.get_sow_key() for m in client.execute(query()) if m.get_command() == SOW]
    assert len(set(keys)) == 2
    assert all(key.isdigit() for key in keys)
    assert records(client, query(sow_keys=keys[1])) == ['{"id": 1, "venue": "Y"}']


def test_SOW_03_publishers_supply_keys(serve, connect):
    client = connect(serve(sow={"orders": None}))
    client.execute(Command("publish").set_topic("orders").set_sow_key("abc").set_data("x"))
    assert records(client, query()) == ["x"]
    client.publish("orders", "a publish without a key is refused")
    client.publish_flush()
    assert records(client, query()) == ["x"]


def test_SOW_09_SOW_11_batches_and_top_n(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    for number in range(25):
        client.publish("orders", json.dumps({"id": number}))
    assert len(records(client, query())) == 25
    assert len(records(client, query(top_n=7))) == 7


def test_SOW_16_sow_and_subscribe_goes_on_where_the_query_ended(serve, connect):
    broker = serve(sow={"orders": "/id"})
    publisher, subscriber = connect(broker), connect(broker)
    publisher.publish("orders", '{"id": 1}')
    publisher.publish_flush()
    stream = subscriber.execute(Command("sow_and_subscribe").set_topic("orders").set_options("oof"))
    publisher.publish("orders", '{"id": 2}')
    publisher.execute(Command("sow_delete").set_topic("orders").set_data('{"id": 1}'))
    seen = []
    for message in stream:
        seen.append(message.get_data())
        if message.get_command() == Message.Command.OOF:
            assert message.get_reason() == "deleted"
            break
    assert [data for data in seen if data] == ['{"id": 1}', '{"id": 2}', '{"id": 1}']


def test_SOW_20_SOW_21_records_are_removed(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    for number in range(4):
        client.publish("orders", json.dumps({"id": number}))
    key = next(m.get_sow_key() for m in client.execute(query()) if m.get_command() == SOW)
    assert client.sow_delete_by_keys(lambda message: None, "orders", key, 5000)
    client.sow_delete_by_data(lambda message: None, "orders", '{"id": 2}', 5000)
    client.publish_flush()
    assert records(client, query()) == ['{"id": 1}', '{"id": 3}']


def test_DLT_01_DLT_11_deltas_are_merged_and_told(serve, connect):
    broker = serve(sow={"orders": "/id"})
    publisher, subscriber = connect(broker), connect(broker)
    publisher.publish("orders", '{"id":1,"a":1,"b":2}')
    publisher.publish_flush()
    stream = subscriber.execute(Command("sow_and_delta_subscribe").set_topic("orders"))
    publisher.delta_publish("orders", '{"id":1,"b":3}')
    bodies = []
    for message in stream:
        if message.get_command() in (SOW, Message.Command.Publish):
            bodies.append(message.get_data())
        if len(bodies) == 2:
            break
    assert bodies == ['{"id":1,"a":1,"b":2}', '{"id":1,"b":3}']
    assert records(publisher, query()) == ['{"id":1,"a":1,"b":3}']


def test_SOW_26_records_outlive_the_broker(serve, connect, tmp_path):
    settings = {"orders": {"key": "/id", "file": tmp_path / "orders.sow"}}
    broker = serve(sow=settings)
    client = connect(broker)
    client.execute(Command("publish").set_topic("orders").set_data('{"id": 1}').add_ack_type("persisted"))
    client.publish_flush()
    broker.stop()
    assert records(connect(serve(sow=settings)), query()) == ['{"id": 1}']


def test_unknown_member_of_a_topic_is_named(serve):
    with pytest.raises(pyamps.UsageException, match="unknown element Keys in Topic"):
        serve(sow={"orders": {"keys": "/id"}})
