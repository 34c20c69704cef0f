# SPDX-License-Identifier: Apache-2.0
"""Queries, deltas and deletes by their named methods, against a broker that keeps records."""

from __future__ import annotations

import json

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, Collector, logged_on

Names = AMPS.Message.Command


@pytest.fixture
def client():
    with Broker(sow={"orders": "/id"}) as broker, logged_on(broker) as connected:
        for number, symbol in enumerate(["IBM", "ROL", "ROL", "MSFT"], 1):
            connected.publish("orders", json.dumps({"id": number, "symbol": symbol}))
        connected.publish_flush(10_000)
        yield connected


def numbers(messages):
    return [json.loads(message.get_data())["id"] for message in messages if message.get_command() == Names.SOW]


def commands_of(messages):
    return [message.get_command() for message in messages]


def is_end(message):
    return message.get_command() == Names.GroupEnd


def until_end(got):
    """What a handler got, up to the end of the query."""
    for count in range(1, 100):
        messages = got.wait_for(count)
        if is_end(messages[count - 1]):
            return messages
    raise AssertionError("no group_end")


def test_sow(client):
    """PY-056 PY-185 PY-186 PY-187 PY-225 PY-145 PY-146: a snapshot between its marks; the stream then ends."""
    messages = list(client.sow("orders"))
    assert commands_of(messages) == [Names.GroupBegin, *[Names.SOW] * 4, Names.GroupEnd]
    assert numbers(messages) == [1, 2, 3, 4]
    assert len({message.get_sow_key() for message in messages[1:-1]}) == 4
    assert {message.get_topic() for message in messages[1:-1]} == {"orders"}
    assert len({message.get_query_id() for message in messages}) == 1
    assert messages[1].get_bookmark() is None
    assert commands_of(client.sow("orders", "/symbol = 'nothing'")) == [Names.GroupBegin, Names.GroupEnd]


def test_sow_arguments(client):
    """PY-056 PY-115 PY-121 PY-122 PY-123 PY-303 PY-302: filter, batches, limit and order; refusals are raised."""
    assert numbers(client.sow("orders", "/symbol = 'ROL'")) == [2, 3]
    assert numbers(client.sow("orders", "/symbol = 'ROL'", batch_size=1, timeout=5000)) == [2, 3]
    assert numbers(client.sow(topic="orders", order_by="/id DESC", top_n=2)) == [4, 3]
    with pytest.raises(AMPS.BadFilterException, match="filter"):
        client.sow("orders", "/symbol = = 'ROL'")
    with pytest.raises(AMPS.InvalidTopicException):
        client.sow("no such topic")
    client.flush(10_000)


def test_sow_with_a_handler(client):
    """PY-057: the id is returned, everything else goes to the handler."""
    got = Collector()
    query_id = client.sow(got, "orders", "/id > 2")
    messages = until_end(got)
    assert numbers(messages) == [3, 4]
    assert {message.get_query_id() for message in messages} == {query_id}


def test_query_by_command(client):
    """PY-043 PY-114 PY-116 PY-118: topic, filter and options do what they say; a requested ack is the stream's end."""
    command = AMPS.Command("sow").set_topic("orders").set_filter("/id <= 2").set_options("top_n=1")
    assert numbers(client.execute(command)) == [1]
    messages = list(client.execute(command.set_options(None).add_ack_type("stats").add_ack_type("completed")))
    assert numbers(messages) == [1, 2]
    acks = {message.get_ack_type(): message for message in messages if message.get_command() == Names.Ack}
    assert acks.keys() == {"stats", "completed"}
    assert acks["stats"].get_records_returned() == 2
    got = Collector()
    pattern = AMPS.Command("subscribe").set_topic("ord.*").set_sub_id("mine").set_options("send_keys")
    assert client.execute_async(pattern, got) == "mine"
    client.publish("orders", '{"id": 9}')
    assert got.wait_for(1)[0].get_topic() == "orders"
    assert got.messages[0].get_sub_id() == "mine"


def test_sow_and_subscribe(client):
    """PY-058 PY-188 PY-156 PY-192: snapshot, then what changes, and what leaves the result."""
    stream = client.sow_and_subscribe("orders", "/symbol = 'IBM'", oof_enabled=True)
    client.publish("orders", '{"id": 7, "symbol": "IBM"}')
    client.publish("orders", '{"id": 1, "symbol": "SOLD"}')
    messages = [next(stream) for _ in range(5)]
    assert commands_of(messages) == [Names.GroupBegin, Names.SOW, Names.GroupEnd, Names.Publish, Names.OOF]
    assert messages[4].get_reason() == "match"
    assert messages[4].get_sow_key() == messages[1].get_sow_key()
    stream.close()
    got = Collector()
    sub_id = client.sow_and_subscribe(got, "orders", "/symbol = 'ROL'")
    client.publish("orders", '{"id": 2, "symbol": "SOLD"}')  # Without oof_enabled nothing is told.
    client.publish("orders", '{"id": 8, "symbol": "ROL"}')
    messages = got.wait_for(5)
    assert commands_of(messages) == [Names.GroupBegin, Names.SOW, Names.SOW, Names.GroupEnd, Names.Publish]
    assert messages[4].get_sub_id() == sub_id


def test_deltas(client):
    """PY-051 PY-054 PY-059: only the key and changed fields are told; the record keeps the rest."""
    plain, full, got = Collector(), Collector(), Collector()
    client.delta_subscribe(plain, "orders", "/id = 1")
    client.sow_and_delta_subscribe(full, "orders", "/id = 1")
    stream = client.sow_and_delta_subscribe("orders", "/id = 1", send_empties=True)
    client.delta_publish("orders", '{"id":1,"price":5}')
    client.delta_publish("orders", '{"id":1,"price":5}')
    client.publish_flush(10_000)
    plain.wait_for(2)
    assert [json.loads(data) for data in plain.data] == [{"id": 1, "price": 5}, {"id": 1}]
    assert commands_of(full.wait_for(4)) == [Names.GroupBegin, Names.SOW, Names.GroupEnd, Names.Publish]
    messages = [next(stream) for _ in range(5)]
    assert commands_of(messages)[3:] == [Names.Publish, Names.Publish]
    assert json.loads(messages[3].get_data()) == {"id": 1, "price": 5}
    client.sow(got, "orders", "/id = 1")
    assert json.loads(until_end(got)[1].get_data()) == {"id": 1, "symbol": "IBM", "price": 5}
    assert len(full.messages) == 4  # The second one changed nothing.


def test_deletes(client):
    """PY-060 PY-061 PY-062 PY-162 PY-124: by filter, data and keys; the stats acknowledgement says how many."""
    ack = client.sow_delete("orders", "/symbol = 'ROL'")
    assert (ack.get_ack_type(), ack.get_records_deleted(), ack.get_matches()) == ("stats", 2, 2)
    assert client.sow_delete_by_data("orders", '{"id": 1}').get_records_deleted() == 1
    (key,) = [message.get_sow_key() for message in client.sow("orders") if message.get_command() == Names.SOW]
    got = Collector()
    command_id = client.sow_delete_by_keys(got, "orders", [key])
    (ack,) = got.wait_for(1)
    assert (ack.get_command_id(), ack.get_records_deleted()) == (command_id, 1)
    assert numbers(client.sow("orders")) == []
    assert client.sow_delete("orders", "1=1").get_records_deleted() == 0


def test_conflation_of_a_stream(client):
    """PY-218: the newest message of a record takes the place of an older one that waits."""
    stream = client.subscribe("orders").conflate()
    for price in range(5):
        client.publish("orders", json.dumps({"id": 1, "price": price}))
        client.publish("orders", json.dumps({"id": 2, "price": price}))
    client.publish_flush(10_000)
    client.publish("orders", '{"id": 3}')
    seen = []
    for message in stream:
        seen.append(json.loads(message.get_data()))
        if seen[-1]["id"] == 3:
            break
    assert seen == [{"id": 1, "price": 4}, {"id": 2, "price": 4}, {"id": 3}]
