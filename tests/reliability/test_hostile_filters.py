# SPDX-License-Identifier: Apache-2.0
"""REL-30: forty filters and topic patterns made to hurt.

Each is refused with a reason or answers at once, and nobody else notices.
"""

from __future__ import annotations

import pytest
from broker_process import BrokerProcess
from bystander import Bystander
from raw_peer import RawPeer

# In place of the numbers of the bodies that match:
REFUSED = "bad filter"
TOO_LONG = "malformed header"  # Headers end at 64 KiB.
BODIES = [
    b'{"a":"' + b"a" * 30_000 + b'b"}',
    b'{"a":"' + b"ab" * 20_000 + b'"}',
    b'{"a":' + b"[" * 200 + b"]" * 200 + b"}",
    b'{"a":1e999,"b":-9223372036854775808}',
    b'{"a":[' + b"1," * 20_000 + b"2]}",
    b'{"a":"\\u0000\\ud800 line\\n","b":0}',
    b"{}",
]

PATTERNS = [
    "^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "(a*)*c",
    "(?:a+){10,}c", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)c$", "^(?:(?:a?){50})a{50}c$", "(ab|a|b)*c$",
    "(?=(a+))\\1{5}c", "((a{1,30}){1,30}){1,30}c",
]  # fmt: skip


def expected_of_texts() -> list[tuple[str, list[int] | str]]:
    """A filter, and which bodies it accepts."""
    return [
        *[(f"/a LIKE '{pattern}'", []) for pattern in PATTERNS],
        ("/a LIKE '(?R)'", []),
        ("/a LIKE '(a'", REFUSED),
        ("/a LIKE '(?C1)a'", [0, 1]),
        ("/a LIKE '" + "(" * 2000 + ")" * 2000 + "'", REFUSED),
        ("/a LIKE '" + "x" * 70_000 + "'", TOO_LONG),
        ("/a LIKE '[[:alpha:]]{60000}{60000}'", REFUSED),
        ("(" * 50_000 + "1", REFUSED),
        ("(" * 300 + "1" + ")" * 300, REFUSED),
        ("NOT " * 20_000 + "1", TOO_LONG),
        ("-" * 60_000 + "1 = 1", REFUSED),
        (" AND ".join(["/a = 1"] * 200), [4]),
        (" OR ".join(f"/f{i} = {i}" for i in range(5000)), TOO_LONG),
        ("/a IN (" + ",".join(map(str, range(10_000))) + ")", [4]),
        ("/a IN (" + "1," * 60_000, TOO_LONG),
        ("'" + "x" * 60_000, REFUSED),
        ("/a = " + "9" * 5000, [3]),
        ("/a = 1e999", [3]),
        ("/b / 0 = 1", []),
        ("/b % 0 IS NULL AND /b IS NOT NULL", []),
        ("/b * -1 = 9223372036854775808 AND /a > 0", [3]),
        ("/" + "/".join("abcdefghij" * 100), REFUSED),
        ("/" + "x" * 40_000 + " = 1", REFUSED),
        ("INSTR(/a, 'c') = 1 OR LENGTH(/a) < 0", []),
        ("/a BEGINS WITH", REFUSED),
        ("/a = 1 = 1", REFUSED),
        ("\x01\x02", REFUSED),
        ("/a\x7f;DROP", REFUSED),
    ]


TEXTS = expected_of_texts()


@pytest.fixture(scope="module")
def broker():
    with BrokerProcess() as process:
        bystander = Bystander(process.port)
        bystander.check()
        yield process
        bystander.check(more=20)
        bystander.stop()
        assert bystander.error is None


@pytest.fixture(scope="module")
def publisher(broker):
    with RawPeer(broker.port) as peer:
        peer.logon("publisher")
        yield peer


def test_there_are_forty():
    assert len(TEXTS) >= 40


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_a_hostile_filter_is_refused_or_answers_at_once(broker, publisher, number):
    text, expected = TEXTS[number]
    with RawPeer(broker.port) as peer:
        peer.logon(f"hostile-{number}")
        ack = peer.subscribe("hostile", filter=text)
        if isinstance(expected, str):
            assert (ack["status"], ack["reason"]) == ("failure", expected)
            if expected is TOO_LONG:
                peer.wait_closed(5)
            else:
                assert peer.is_usable()
            return
        assert ack["status"] == "success", ack
        for body in BODIES:
            publisher.send_frame(body, c="p", t="hostile")
        assert publisher.is_usable()
        peer.send_frame(c="flush", cid="end", a="processed")
        came = [body for _, body in peer.frames_until(lambda header: header.get("cid") == "end") if body]
        assert [BODIES.index(body) for body in came] == expected


@pytest.mark.parametrize("pattern", [*PATTERNS[:9], "(a", "(?R)", "x" * 70_000])
def test_a_hostile_topic_pattern_is_refused_or_matches_nothing(broker, publisher, pattern):
    with RawPeer(broker.port) as peer:
        peer.logon("hostile-topic")
        ack = peer.subscribe(pattern)
        if ack["status"] == "success":
            for topic in ("a" * 200 + "b", "ab" * 100 + "!"):
                publisher.publish(topic, b"{}")
            assert publisher.is_usable()
            assert peer.is_usable()
        else:
            assert ack["reason"], ack


def test_a_client_whose_filters_keep_taking_too_long_is_disconnected(broker, publisher):
    with RawPeer(broker.port) as peer, RawPeer(broker.port) as other:
        peer.logon("costly")
        other.logon("other")
        peer.subscribe("costly", filter="/a LIKE '(?R)'")
        other.subscribe("costly", filter="/a = 1")
        begin = len(broker.log)
        body = b'{"a":[' + b"1," * 5000 + b"1]}"
        for _ in range(30):
            publisher.publish("costly", body)
        assert publisher.is_usable()
        peer.wait_closed(5)
        assert "limit: patterns of its filters take too long" in broker.wait_for_log("client costly", start=begin)
        other.send_frame(c="flush", cid="end", a="processed")
        came = [data for _, data in other.frames_until(lambda header: header.get("cid") == "end") if data]
        assert came == [body] * 30


def test_a_query_that_keeps_taking_too_long_ends_with_its_client():
    kind = "<Durability>transient</Durability>"
    sow = f"<SOW><Topic><Name>kept</Name><MessageType>json</MessageType><Key>/id</Key>{kind}</Topic></SOW>"
    with BrokerProcess(f"config=<AMPSConfig>{sow}</AMPSConfig>") as broker:
        bystander = Bystander(broker.port)
        with RawPeer(broker.port) as peer:
            peer.logon("costly")
            for number in range(200):
                peer.publish("kept", b'{"id":%d,"a":[%s]}' % (number, b",".join([b"1"] * 5000)))
            peer.send_frame(c="sow_delete", cid="delete", t="kept", filter="/a LIKE '(?R)'", a="processed")
            assert (peer.ack("delete", 20)["status"], peer.is_usable()) == ("failure", True)
            peer.send_frame(
                c="sow", cid="query", query_id="q", t="kept", filter="/a LIKE '(?R)'", a="processed,completed"
            )
            peer.wait_closed(20)
            broker.wait_for_log("patterns of its filters take too long")
        bystander.check()
        bystander.stop()


def test_an_acknowledgement_that_keeps_taking_too_long_leaves_the_rest():
    queue = "<SOW><Queue><Name>jobs</Name><MessageType>json</MessageType></Queue></SOW>"
    topic = "<Topic><Name>jobs</Name><MessageType>json</MessageType></Topic>"
    log = f"<JournalDirectory>:temporary:</JournalDirectory>{topic}"
    xml = f"<AMPSConfig>{queue}<TransactionLog>{log}</TransactionLog></AMPSConfig>"
    with BrokerProcess(f"config={xml}") as broker, RawPeer(broker.port) as peer:
        peer.logon("costly")
        for _ in range(60):
            peer.send_frame(b'{"a":[%s]}' % b",".join([b"1"] * 5000), c="p", t="jobs", cid="last", a="persisted")
            peer.ack("last")
        peer.send_frame(c="sow_delete", cid="delete", t="jobs", filter="/a LIKE '(?R)'", a="processed")
        ack = peer.ack("delete", 20)
        assert (ack["status"], ack["reason"], peer.is_usable()) == ("failure", "bad filter", True)
        peer.send_frame(c="sow_delete", cid="all", t="jobs", filter="1 = 1", a="processed,stats")
        deleted = [header for header, _ in peer.frames_until(lambda header: header.get("a") == "stats", 20)][-1]
        assert deleted["records_deleted"] == 60
