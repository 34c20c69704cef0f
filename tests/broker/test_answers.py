# SPDX-License-Identifier: Apache-2.0
"""What the broker answers to commands as a client library would never send them: reasons and acks, word for word.
Names carry the rows of the scoreboard."""

from __future__ import annotations

import json

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


def put(session, number, n=None, **header):
    body = {"id": number, "c": "A", "n": number if n is None else n}
    session.send(json.dumps(body, separators=(",", ":")), c="p", t="orders", **header)


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


REASONS = [
    ("sow", {"t": "orders", "filter": "/a = "}, "bad filter"),
    ("subscribe", {"t": "orders", "filter": "NO_SUCH(/a) = 1"}, "bad filter"),
    ("subscribe", {"t": "orders", "opts": "select=[/a]"}, "bad filter"),
    ("sow", {"t": "orders", "opts": "grouping=[/a],projection=[SUM(]"}, "bad filter"),
    ("sow", {"t": "orders", "orderby": "id"}, "invalid order by"),
    ("sow", {"t": "orders", "orderby": "/id UP"}, "invalid order by"),
    ("subscribe", {"t": "orders(("}, "bad regex topic"),
    ("sow", {"t": "orders[["}, "bad regex topic"),
    ("sow_delete", {"t": "orders((", "filter": "1=1"}, "bad regex topic"),
    ("sow", {"t": "free"}, INVALID_TOPIC),
    ("sow_delete", {"t": "free", "filter": "1=1"}, INVALID_TOPIC),
    ("publish", {"t": "sums"}, INVALID_TOPIC),
    ("delta_publish", {"t": "copy"}, INVALID_TOPIC),
    ("publish", {"t": "/AMPS/own"}, INVALID_TOPIC),
    ("subscribe", {"t": "sums", "bm": "0"}, INVALID_TOPIC),
    ("publish", {}, "no topic"),
    ("subscribe", {}, "no topic"),
    ("sow", {"t": ""}, "no topic"),
    ("sow_delete", {"filter": "1=1"}, "no topic"),
    ("publish", {"t": "orders", "body": '{"n":1}'}, "bad sow key"),
    ("publish", {"t": "orders", "body": '{"id":null}'}, "bad sow key"),
    ("publish", {"t": "supplied", "body": "x"}, "bad sow key"),
    ("publish", {"t": "supplied", "k": "a,b", "body": "x"}, "bad sow key"),
    ("sow_delete", {"t": "supplied", "body": "x"}, "bad sow key"),
    ("publish", {"t": "orders", "body": '{"id":'}, "invalid message"),
    ("subscribe", {"t": "orders", "bm": "yesterday"}, "invalid bookmark"),
    ("subscribe", {"t": "orders", "bm": "[0:"}, "invalid bookmark"),
    ("sow_delete", {"t": "jobs", "bm": "yesterday"}, "invalid bookmark"),
    ("subscribe", {"t": "orders", "bm": "1|2|", "opts": "bookmark_not_found=fail"}, "bookmark not found"),
    ("subscribe", {"t": "orders", "opts": "rate=5"}, INVALID_OPTIONS),
    ("subscribe", {"t": "orders", "bm": "0", "opts": "live,rate=5"}, INVALID_OPTIONS),
    ("subscribe", {"t": "free", "opts": "conflation=1s"}, INVALID_OPTIONS),
    ("delta_subscribe", {"t": "orders", "bm": "0"}, INVALID_OPTIONS),
    ("sow", {"t": "orders", "opts": "skip_n=1"}, INVALID_OPTIONS),
    ("sow", {"t": "orders", "bs": -1}, INVALID_OPTIONS),
    ("sow", {"t": "orders", "top_n": -1}, INVALID_OPTIONS),
    ("sow_delete", {"t": "orders"}, INVALID_OPTIONS),
    ("sow_delete", {"t": "orders", "filter": "1=1", "sow_keys": "1"}, INVALID_OPTIONS),
    ("sow_delete", {"t": "jobs", "bm": "1|1|", "opts": "cancel,expire"}, INVALID_OPTIONS),
    ("subscribe", {"sub_id": "nobody", "opts": "pause"}, "invalid subid"),
    ("subscribe", {"sub_id": "nobody", "opts": "resume"}, "invalid subid"),
    ("unsubscribe", {}, "invalid subid"),
    ("sow", {"t": "orders", "bs": 10_001}, "batch size too large"),
    ("logon", {"mt": "json"}, "duplicate logon attempt"),
]


@pytest.mark.parametrize(("command", "members", "reason"), REASONS)
def test_ACK_05_ACK_04_what_is_wrong_has_its_reason_and_the_connection_goes_on(session, command, members, reason):
    header = {name: value for name, value in members.items() if name != "body"}
    assert answer(session, command, members.get("body", ""), **header) == reason
    assert answer(session, "sow", t="orders", query_id="after") == ""


def test_ACK_05_a_subscription_exists_once(session):
    assert answer(session, "subscribe", t="free", sub_id="s") == ""
    for command in ("subscribe", "delta_subscribe", "sow_and_subscribe", "sow_and_delta_subscribe"):
        assert answer(session, command, t="orders", sub_id="s") == "subscription already exists"


def test_ACK_05_records_have_a_largest_size(serve):
    session = RawSession(serve(sow={"orders": {"slab_size": "1MB"}}), "somebody")
    limit = (1 << 20) - 64
    assert answer(session, "publish", "x" * limit, t="orders", k="a") == ""
    assert answer(session, "publish", "x" * (limit + 1), t="orders", k="a") == "record too large"
    session.close()


@pytest.mark.parametrize("how", ["header", "option"])
def test_ACK_14_ACK_11_SOW_11_records_are_counted_without_being_sent(session, how):
    for number in range(5):
        put(session, number)
    limit = {"top_n": 0} if how == "header" else {"opts": "top_n=0"}
    session.send(c="sow", cid="q", t="orders", filter="/n > 1", a="processed,stats", **limit)
    processed, begin, end, stats = session.settle()
    assert [frame.command for frame in (processed, begin, end, stats)] == ["ack", "group_begin", "group_end", "ack"]
    counters = {name: stats.header[name] for name in ("topic_matches", "matches", "records_returned")}
    assert counters == {"topic_matches": 5, "matches": 3, "records_returned": 0}


def test_SOW_45_OOF_07_SUB_07_a_replacement_tells_the_difference(session):
    for number in range(4):
        put(session, number)
    members = {"t": "orders", "sub_id": "s", "query_id": "s", "bs": 10}
    session.ask("sow_and_subscribe", filter="/n < 2", opts="oof", **members)
    assert [frame.ids for frame in session.settle() if frame.command == "sow"] == [[0, 1]]
    session.ask("sow_and_subscribe", filter="/n > 0", opts="oof,replace", **members)
    frames = session.settle()
    assert [frame.command for frame in frames] == ["group_begin", "sow", "group_end", "oof"]
    assert frames[1].ids == [2, 3]
    assert (frames[3].ids, frames[3].header["reason"], frames[3].header["sids"]) == ([0], "match", "s")
    put(session, 0, n=9)
    put(session, 3, n=0)
    assert [(frame.command, frame.ids) for frame in session.settle()] == [("p", [0]), ("oof", [3])]


@pytest.mark.parametrize(
    ("command", "members", "reason"),
    [
        ("publish", {}, "no topic"),
        ("publish", {"t": "sums"}, INVALID_TOPIC),
        ("delta_publish", {"t": "orders", "body": "{"}, "invalid message"),
        ("sow_delete", {"filter": "1=1"}, "no topic"),
        ("sow_delete", {"t": "orders", "filter": "/a ="}, "bad filter"),
        ("sow_delete", {"t": "orders", "sow_keys": "1", "opts": "fancy"}, INVALID_OPTIONS),
        ("sow_delete", {"t": "jobs", "bm": "yesterday"}, "invalid bookmark"),
    ],
)
def test_ACK_10_PUB_11_SOW_22_who_waits_for_a_number_hears_of_its_failure(session, command, members, reason):
    put(session, 1, s=1)
    header = {name: value for name, value in members.items() if name != "body"}
    session.send(members.get("body", ""), c=command, a="persisted", s=2, **header)
    (ack,) = (frame.header for frame in session.settle() if frame.command == "ack")
    assert (ack["a"], ack["status"], ack["reason"], ack["s"]) == ("persisted", "failure", reason, 2)
