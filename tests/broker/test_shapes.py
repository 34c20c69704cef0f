# SPDX-License-Identifier: Apache-2.0
"""What of the state of the world reaches a Python program, and in which shape: select lists, conflation,
out-of-focus messages, deltas. Names carry the rows of the scoreboard."""

from __future__ import annotations

import json

import pytest

from pyamps import Command, Message
from pyamps.exceptions import InvalidOptionsException, InvalidTopicException

SOW, OOF, PUBLISH = Message.Command.SOW, Message.Command.OOF, Message.Command.Publish


def command(name, topic="orders", **members):
    made = Command(name).set_topic(topic)
    for member, value in members.items():
        getattr(made, f"set_{member}")(value)
    return made


def records(client, topic="orders", **members):
    query = command("sow", topic, batch_size=10, **members)
    return [message.get_data() for message in client.execute(query) if message.get_command() == SOW]


def put(client, *bodies, topic="orders"):
    for body in bodies:
        client.publish(topic, body if isinstance(body, str) else json.dumps(body, separators=(",", ":")))
    client.publish_flush()


def told(stream, count):
    """The next messages of a subscription, as command and body; query results and marks are left out."""
    seen = []
    for message in stream:
        if message.get_command() in (PUBLISH, OOF):
            reason = f"-{message.get_reason()}" if message.get_command() == OOF else ""
            seen.append(f"{message.get_command()}{reason} {message.get_data()}")
        if len(seen) == count:
            break
    return seen


def test_SUB_10_SOW_41_parts_of_messages(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    put(client, {"id": 1, "price": 2, "note": {"a": 1, "b": 2}})
    options = "select=[-/,+/id,+/note/b]"
    assert records(client, options=options) == ['{"id":1,"note":{"b":2}}']
    stream = client.execute(command("subscribe", options=options))
    put(client, {"id": 2, "price": 3})
    assert told(stream, 1) == ['publish {"id":2}']


def test_CNF_01_CNF_02_the_latest_of_each_key(serve, connect):
    broker = serve(sow={"orders": "/id"})
    publisher, client = connect(broker), connect(broker)
    stream = client.execute(command("subscribe", options="conflation=50ms,conflation_key=[/id]"))
    for number in range(200):
        publisher.publish("orders", json.dumps({"id": 1, "n": number}))
    last = ""
    count = 0
    while last != 'publish {"id": 1, "n": 199}':
        (last,) = told(stream, 1)
        count += 1
    assert count < 200


def test_CNF_03_ACK_12_options_that_make_no_sense(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    for topic, options in (
        ("free", "conflation=1s"),
        ("orders", "conflation=soon"),
        ("orders", "conflation_key=[/id]"),
    ):
        with pytest.raises(InvalidOptionsException):
            client.execute(command("subscribe", topic, options=options))


def test_SOW_18_a_query_needs_a_topic_with_records(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    with pytest.raises(InvalidTopicException):
        client.execute(command("sow", "elsewhere"))


def test_SOW_19_SOW_22_SOW_50_records_are_removed_by_filter_also_from_many_topics(serve, connect):
    client = connect(serve(sow={"orders": "/id", "others": "/id"}))
    for topic in ("orders", "others"):
        put(client, *({"id": number} for number in range(4)), topic=topic)
    stats = client.sow_delete("orders", "/id > 1", timeout=5000)
    assert (stats.get_records_deleted(), stats.get_matches(), stats.get_topic_matches()) == (2, 2, 4)
    assert len(records(client)) == 2
    assert client.sow_delete("^o.*s$", "/id = 0", timeout=5000).get_records_deleted() == 2
    assert client.sow_delete("orders", "1=1", timeout=5000).get_records_deleted() == 1
    assert records(client) == []
    assert len(records(client, "others")) == 3


def test_OOF_11_a_delta_that_moves_a_record_out_of_focus_tells_it_merged(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    put(client, {"id": 1, "st": "open", "n": 1})
    stream = client.execute(command("sow_and_subscribe", filter="/st = 'open'", options="oof"))
    client.delta_publish("orders", '{"id":1,"st":"done"}')
    assert told(stream, 1) == ['oof-match {"id":1,"st":"done","n":1}']


def test_OOF_12_without_records_oof_has_no_effect(serve, connect):
    client = connect(serve())
    stream = client.execute(command("subscribe", "free", filter="/a = 1", options="oof"))
    put(client, {"a": 1}, {"a": 2}, {"a": 1, "last": 1}, topic="free")
    assert told(stream, 2) == ['publish {"a":1}', 'publish {"a":1,"last":1}']


def test_OOF_09_DLT_21_CNF_10_views_and_conflated_topics_tell_departures_and_deltas(serve, connect):
    view = {
        "source": "orders",
        "projection": ["/sym AS /sym", "SUM(/n) AS /sum", "COUNT(/n) AS /count"],
        "grouping": ["/sym"],
    }
    broker = serve(
        sow={"orders": "/id"},
        views={"sums": view},
        conflated_topics={"slow": {"source": "orders", "interval": "100ms"}},
    )
    client, watcher = connect(broker), connect(broker)
    sums = client.execute(command("sow_and_delta_subscribe", "sums", options="oof"))
    slow = watcher.execute(command("sow_and_subscribe", "slow", options="oof"))
    put(client, {"id": 1, "sym": "A", "n": 2}, {"id": 2, "sym": "A", "n": 0})
    first, second = told(sums, 2)
    assert first == 'publish {"sym":"A","sum":2,"count":1}'
    assert second == 'publish {"sym":"A","count":2}'
    assert len(told(slow, 2)) == 2
    client.sow_delete("orders", "1=1", timeout=5000)
    assert told(sums, 2)[-1].startswith("oof-deleted ")
    assert all(one.startswith("oof-deleted ") for one in told(slow, 2))


def test_DLT_18_a_delta_subscription_is_not_replayed(serve, connect):
    client = connect(serve(sow={"orders": "/id"}))
    with pytest.raises(InvalidOptionsException):
        client.execute(command("delta_subscribe", bookmark="0"))


def test_DLT_03_xml_deltas_are_merged(serve, connect):
    client = connect(serve(sow={"orders": {"key": "/o/id", "message_type": "xml"}}), "xml")
    put(client, "<o><id>1</id><a>1</a><b>2</b></o>")
    client.delta_publish("orders", "<o><id>1</id><b>3</b></o>")
    client.publish_flush()
    assert records(client) == ["<o><id>1</id><a>1</a><b>3</b></o>"]


def test_SUB_04_a_topic_with_the_look_of_a_pattern_is_taken_literally(serve, connect):
    client = connect(serve())
    stream = client.execute(command("subscribe", "a.c", options="non_regex_topic"))
    put(client, "1", topic="abc")
    put(client, "2", topic="a.c")
    assert told(stream, 1) == ["publish 2"]


def test_SOW_30_SOW_37_SOW_38_SOW_55_computed_and_indexed_fields(serve, connect):
    orders = {
        "key": "/k",
        "preprocessing": ["CONCAT(/region, '-', /id) AS /k"],
        "enrichment": ["COALESCE(/n OF PREVIOUS, 0) + 1 AS /n"],
        "hash_index": [["/region", "/n"]],
        "expected_key_count_hint": 1000,
    }
    client = connect(serve(sow={"orders": orders}))
    put(client, *({"region": region, "id": id} for region in ("EU", "US") for id in (1, 2)), {"region": "EU", "id": 1})
    assert records(client, filter="/region = 'EU' AND /n = '2'") == ['{"region":"EU","id":1,"k":"EU-1","n":2}']
    assert len(records(client, filter="/region IN ('EU', 'US') AND /n = 1")) == 3
