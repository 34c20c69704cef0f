# SPDX-License-Identifier: Apache-2.0
"""What the broker answers to commands as a client library would never send them: reasons and acks, word for word.
Names carry the rows of the scoreboard."""

from __future__ import annotations

import pytest
from raw_session import RawSession

INVALID_OPTIONS, INVALID_TOPIC = "invalid options", "invalid topic"


@pytest.fixture
def broker(serve):
    return serve(
        sow={"orders": "/id", "supplied": None},
        views={"sums": {"source": "orders", "projection": ["/c", "SUM(/n) AS /n"], "grouping": "/c"}},
        conflated_topics={"copy": {"source": "orders", "interval": "100ms"}},
        queues={"jobs": {"underlying_topic": "jobs_in"}},
        journal=True,
        clock="manual",
    )


@pytest.fixture
def session(broker):
    opened = RawSession(broker, "somebody")
    yield opened
    opened.close()


def answer(session, command, body="", **members):
    """The reason of a failure; empty: a success."""
    ack = session.ask(command, body, **members)
    assert (ack["status"] == "failure") == ("reason" in ack)
    return ack.get("reason", "")


def put(session, number, **members):
    body = {"id": number, "c": "A", "n": number} | members
    session.send(str(body).replace("'", '"').replace(" ", ""), c="p", t="orders")


ALL_ACKS = "received,processed,completed,persisted,stats"
BASIC = ["received", "processed"]
ACKS = [
    ("publish", {"t": "unlogged", "body": "x"}, [*BASIC, "completed"]),
    ("delta_publish", {"t": "unlogged", "body": "x"}, [*BASIC, "completed"]),
    ("subscribe", {"t": "free"}, BASIC),
    ("delta_subscribe", {"t": "free"}, [*BASIC, "stats"]),
    ("sow", {"t": "orders"}, [*BASIC, "completed", "stats"]),
    ("sow_and_subscribe", {"t": "orders"}, [*BASIC, "completed", "stats"]),
    ("sow_and_delta_subscribe", {"t": "orders"}, [*BASIC, "completed", "stats"]),
    ("sow_delete", {"t": "orders", "filter": "1=1"}, [*BASIC, "completed", "stats"]),
    ("sow_delete", {"t": "orders", "sow_keys": "1"}, [*BASIC, "stats"]),
    ("sow_delete", {"t": "jobs", "bm": "1|1|"}, [*BASIC, "stats"]),
    ("unsubscribe", {"sub_id": "nobody"}, BASIC),
    ("flush", {}, [*BASIC, "completed"]),
    ("heartbeat", {"opts": "beat"}, BASIC),
]


@pytest.mark.parametrize(("command", "members", "expected"), ACKS)
def test_ACK_01_ACK_02_ACK_03_a_command_gets_the_acks_it_asks_for_and_supports(session, command, members, expected):
    body = members.get("body", "")
    header = {name: value for name, value in members.items() if name != "body"}
    session.send(body, c=command, cid="mine", a=ALL_ACKS, **header)
    acks = [frame.header for frame in session.settle() if frame.command == "ack"]
    # When something is durable is up to the disk.
    assert [ack["a"] for ack in acks if ack["a"] != "persisted"] == expected
    assert all(ack["cid"] == "mine" and ack["status"] == "success" for ack in acks)
    session.send(body, c=command, cid="quiet", **header | ({"sub_id": "quiet"} if "subscribe" in command else {}))
    assert [frame for frame in session.settle() if frame.command == "ack" and frame.header.get("cid") == "quiet"] == []


@pytest.mark.parametrize(
    ("command", "members"),
    [
        ("unsubscribe", {"sub_id": "all"}),
        ("flush", {}),
        ("publish", {"t": "free"}),
        ("delta_publish", {"t": "free"}),
        ("sow_delete", {"t": "orders", "filter": "1=1"}),
        ("sow_delete", {"t": "orders", "sow_keys": "1"}),
        ("sow_delete", {"t": "jobs", "bm": "1|1|"}),
        ("sow", {"t": "orders"}),
        ("subscribe", {"t": "free"}),
        ("delta_subscribe", {"t": "free"}),
        ("sow_and_subscribe", {"t": "orders"}),
        ("sow_and_delta_subscribe", {"t": "orders"}),
        ("heartbeat", {}),
    ],
)
def test_ACK_12_every_command_refuses_options_that_it_does_not_know(session, command, members):
    assert answer(session, command, opts="fancy", **members) == INVALID_OPTIONS


def test_SOW_19_ACK_12_an_option_of_queues_does_not_empty_a_topic(session):
    put(session, 1)
    assert answer(session, "sow_delete", t="orders", filter="1=1", opts="cancel") == INVALID_OPTIONS
    assert session.ask("sow", ack="stats", t="orders")["matches"] == 1


def test_PUB_10_nobody_removes_from_what_the_broker_derives(broker, session):
    put(session, 1)
    session.settle()
    broker.advance(1)
    for topic in ("sums", "copy"):
        key = session.ask("sow", ack="stats", t=topic)
        assert key["matches"] == 1
        for members in ({"filter": "1=1"}, {"filter": "1=0"}, {"sow_keys": "1"}, {"body": '{"id":1}'}):
            assert answer(session, "sow_delete", t=topic, **members) == INVALID_TOPIC
        assert session.ask("sow", ack="stats", t=topic)["matches"] == 1


def test_SOW_50_a_pattern_removes_from_topics_with_records_and_from_nothing_else(session):
    put(session, 1)
    stats = session.ask("sow_delete", ack="stats", t="^(orders|sums|copy|supplied)$", filter="1=1")
    assert stats["records_deleted"] == 1
    put(session, 1)
    assert answer(session, "sow_delete", t="^(orders|jobs)$", filter="1=1") == INVALID_OPTIONS
    assert session.ask("sow", ack="stats", t="orders")["matches"] == 1


def test_TXL_36_what_the_broker_derives_is_not_in_the_log(session):
    for topic in ("sums", "copy", "/AMPS/ClientStatus"):
        assert answer(session, "subscribe", t=topic, bm="0", sub_id=topic) == INVALID_TOPIC
    assert answer(session, "subscribe", t="^(sums|orders)$", bm="0") == ""


def test_TXL_19_TXL_20_live_and_fully_durable_exclude_each_other(session):
    assert answer(session, "subscribe", t="orders", bm="0", opts="live,fully_durable") == INVALID_OPTIONS
    assert answer(session, "subscribe", t="orders", bm="0", opts="fully_durable") == ""


def test_CNF_01_messages_of_queues_are_not_conflated(session):
    options = "conflation=1s,conflation_key=[/id]"
    assert answer(session, "subscribe", t="jobs", opts=options) == INVALID_OPTIONS
    assert answer(session, "subscribe", t="jobs_in", opts=options) == ""


def test_SUB_08_PAG_03_a_replacement_is_limited_in_the_same_way(session):
    for number in range(5):
        put(session, number)

    def replace(command="sow_and_subscribe", **members):
        options = ",".join(filter(None, ["replace", members.pop("opts", "")]))
        return answer(session, command, t="orders", sub_id="s", opts=options, **members)

    assert replace(orderby="/n", top_n=2) == ""
    for members in ({}, {"top_n": 2}, {"orderby": "/n"}, {"orderby": "/n", "top_n": 2, "opts": "skip_n=0"}):
        assert replace(**members) == INVALID_OPTIONS
    assert replace("subscribe") == INVALID_OPTIONS
    assert replace(orderby="/n DESC", top_n=3, filter="/n > 1") == ""
