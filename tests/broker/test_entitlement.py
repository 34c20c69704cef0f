# SPDX-License-Identifier: Apache-2.0
"""What users may read and write, by every way to a topic. Names carry the rows of the scoreboard."""

from __future__ import annotations

import json

import pytest
from raw_session import RawSession

import pyamps

ORDERS = ({"id": 1, "desk": 1}, {"id": 2, "desk": 2})
TOPICS = {
    "everything": True,
    "nothing": [],
    "reader": [{"topic": "orders", "read": True}],
    "desk": [{"topic": "orders", "read": "/desk = 1"}],
    "desks": [{"topic": "^ord", "read": "/desk = 1"}, {"topic": ".*", "read": True}],
    "writer": [{"topic": "orders", "write": True}],
    "desk writer": [{"topic": "orders", "write": "/desk = 1"}],
    "viewer": [{"topic": "totals", "read": True}, {"topic": "copy", "read": "/desk = 1"}],
}
READABLE = {"everything": {1, 2}, "reader": {1, 2}, "desk": {1}, "desks": {1}}
WRITABLE = {"everything": {1, 2}, "writer": {1, 2}, "desk writer": {1}}
ORDERS_DEFINITION = {"orders": "/id"}
TOTALS = {"source": "orders", "projection": ["/desk", "COUNT(/id) AS /id"], "grouping": "/desk"}


def rights(client_name, user):
    given = TOPICS[user]
    return given if given is True else {"logon": True, "topic": given}


@pytest.fixture
def broker(serve):
    running = serve(
        sow=ORDERS_DEFINITION, views={"totals": TOTALS}, authenticate=lambda *_: True, entitle=rights, journal=True
    )
    everything = RawSession(running, "everything")
    for order in ORDERS:
        assert everything.ask("p", json.dumps(order).replace(" ", ""), t="orders")["status"] == "success"
    everything.close()
    return running


@pytest.fixture
def session(broker, request):
    def start(user: str) -> RawSession:
        opened = RawSession(broker, user)
        request.addfinalizer(opened.close)
        assert opened.logon["status"] == "success"
        return opened

    return start


def update(session):
    """Everybody's orders change, in a way that keeps their desks."""
    for order in ORDERS:
        body = json.dumps({**order, "n": 2}).replace(" ", "")
        assert session("everything").ask("p", body, t="orders")["status"] == "success"


QUERIES = ("sow", "sow_and_subscribe", "sow_and_delta_subscribe")
SUBSCRIPTIONS = ("subscribe", "delta_subscribe", "sow_and_subscribe", "sow_and_delta_subscribe")
FORMS = {
    "literal": {"t": "orders"},
    "literal option": {"t": "orders", "opts": "non_regex_topic"},
    "pattern": {"t": "^orders$"},
    "wide pattern": {"t": "order.*"},
    "own filter": {"t": "orders", "filter": "/desk = 1 OR /desk = 2"},
    "pattern and filter": {"t": "^ord", "filter": "/desk = 1 OR /desk = 2"},
    "negation": {"t": "orders", "filter": "NOT (/desk = 3)"},
}


def is_pattern(form):
    return "pattern" in form


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("user", TOPICS)
@pytest.mark.parametrize("command", QUERIES)
def test_SEC_09_SEC_10_REL_17_queries(session, command, user, form):
    reader = session(user)
    ack = reader.ask(command, query_id="q", sub_id="s", ow="1", **FORMS[form])
    readable = READABLE.get(user, set())
    if not readable and not is_pattern(form):
        assert (ack["status"], ack["reason"]) == ("failure", "not entitled")
    else:
        assert ack["status"] == "success"
    assert {number for frame in reader.settle() for number in frame.ids} == readable


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("user", TOPICS)
@pytest.mark.parametrize("command", SUBSCRIPTIONS)
def test_SEC_09_SEC_10_SEC_14_REL_17_subscriptions(session, command, user, form):
    reader = session(user)
    ack = reader.ask(command, sub_id="s", query_id="q", **FORMS[form])
    readable = READABLE.get(user, set())
    assert (ack["status"] == "success") == (bool(readable) or is_pattern(form))
    reader.settle()
    update(session)
    frames = reader.settle()
    assert {number for frame in frames for number in frame.ids} == readable
    assert all(frame.command == "p" for frame in frames)


@pytest.mark.parametrize("user", TOPICS)
@pytest.mark.parametrize("command", QUERIES)
def test_REL_17_records_by_key_in_pages_and_aggregated(session, command, user):
    everything = session("everything")
    everything.send(c="sow", cid="k", query_id="k", t="orders")
    keys = [key for frame in everything.settle() if frame.command == "sow" for key in _keys(frame.body)]
    assert len(keys) == 2
    readable = READABLE.get(user, set())
    reader = session(user)
    ack = reader.ask(command, t="orders", sub_id="s", query_id="q", sow_keys=",".join(keys))
    assert (ack["status"] == "success") == bool(readable)
    assert {number for frame in reader.settle() for number in frame.ids} == readable
    if command == "sow":
        ack = reader.ask(command, t="orders", query_id="n", top_n=0, ack="stats") if readable else {}
        assert int(ack.get("matches", 0)) == int(ack.get("topic_matches", 0)) == len(readable)
    options = "projection=[COUNT(/desk) AS /id],grouping=[/nothing]"
    reader.ask(command, t="orders", sub_id="a", query_id="a", opts=options)
    counted = [number for frame in reader.settle() for number in frame.ids]
    assert counted == ([len(readable)] if readable else [])
    if command != "sow":
        reader.ask(command, t="orders", sub_id="p", query_id="p", top_n=2, skip_n=0, orderby="/id")
        assert {number for frame in reader.settle() for number in frame.ids} == readable


def _keys(body):
    header, _ = json.JSONDecoder().raw_decode(body)
    return [header["k"]]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("user", TOPICS)
def test_SEC_10_SEC_14_REL_17_replays(session, user, form):
    reader, readable = session(user), READABLE.get(user, set())
    ack = reader.ask("subscribe", sub_id="s", bm="0", **FORMS[form])
    assert (ack["status"] == "success") == (bool(readable) or is_pattern(form))
    seen = set()
    while not readable <= seen:
        seen |= {number for frame in reader.settle() for number in frame.ids}
    update(session)
    assert seen | {number for frame in reader.settle() for number in frame.ids} == readable


@pytest.mark.parametrize("user", TOPICS)
def test_REL_17_a_view_needs_the_right_to_the_view_only(session, user):
    reader = session(user)
    ack = reader.ask("sow", t="totals", query_id="q")
    assert (ack["status"] == "success") == (user in ("everything", "viewer", "desks"))


@pytest.mark.parametrize("user", TOPICS)
def test_REL_17_topics_of_the_broker_itself(session, user):
    ack = session(user).ask("subscribe", t="/AMPS/ClientStatus", sub_id="s")
    assert (ack["status"] == "success") == (user == "everything")
    reader = session(user)
    assert reader.ask("subscribe", t="/AMPS.*", sub_id="s")["status"] == "success"
    session("nothing").ask("subscribe", t=".*", sub_id="s")
    assert bool(reader.settle()) == (user == "everything")


@pytest.mark.parametrize("user", TOPICS)
@pytest.mark.parametrize("command", ["p", "delta_publish"])
def test_SEC_09_SEC_11_REL_17_publishes(session, command, user):
    writer, everything = session(user), session("everything")
    everything.ask("subscribe", t="orders", sub_id="s")
    for order in ORDERS:
        may = order["id"] in WRITABLE.get(user, set())
        ack = writer.ask(command, json.dumps({**order, "n": 3}).replace(" ", ""), t="orders")
        assert (ack["status"], ack.get("reason")) == (("success", None) if may else ("failure", "not entitled"))
        writer.send(json.dumps({**order, "n": 4}).replace(" ", ""), c=command, t="orders")  # Nobody is told.
    writer.settle()
    assert {number for frame in everything.settle() for number in frame.ids} == WRITABLE.get(user, set())


@pytest.mark.parametrize("user", TOPICS)
@pytest.mark.parametrize("how", ["filter", "pattern", "keys", "body"])
def test_SEC_09_SEC_13_REL_17_deletes(session, how, user):
    everything = session("everything")
    everything.send(c="sow", cid="k", query_id="k", t="orders")
    keys = [key for frame in everything.settle() if frame.command == "sow" for key in _keys(frame.body)]
    writer, writable = session(user), WRITABLE.get(user, set())
    forms = {
        "filter": [("", {"t": "orders", "filter": "1 = 1"})],
        "pattern": [("", {"t": "^ord", "filter": "1 = 1"})],
        "keys": [("", {"t": "orders", "sow_keys": ",".join(keys)})],
        "body": [(json.dumps(order), {"t": "orders"}) for order in ORDERS],
    }
    for body, header in forms[how]:
        ack = writer.ask("sow_delete", body, query_id="d", **header)
        assert (ack["status"] == "success") == (bool(writable) or how == "pattern")
        if ack["status"] == "failure":
            assert ack["reason"] == "not entitled"
    everything.send(c="sow", cid="r", query_id="r", t="orders", bs=10)
    assert {number for frame in everything.settle() for number in frame.ids} == {1, 2} - writable


@pytest.mark.parametrize("user", ["everything", "nothing", "worker", "desk worker", "sender"])
def test_QUE_01_REL_17_queues(serve, request, user):
    work = {
        "worker": [{"topic": "work", "read": True}],
        "desk worker": [{"topic": "work", "read": "/desk = 1"}],
        "sender": [{"topic": "work", "write": True}],
    }
    broker = serve(
        queues={"work": {"underlying_topic": "work_in", "lease_period": "1m"}}, authenticate=lambda *_: True,
        entitle=lambda _, who: {"logon": True, "topic": work[who]} if who in work else rights(_, who),
    )  # fmt: skip
    everything, session = RawSession(broker, "everything"), RawSession(broker, user)
    for opened in (everything, session):
        request.addfinalizer(opened.close)
    may_read = user in ("everything", "worker", "desk worker")
    assert (session.ask("subscribe", t="work", sub_id="s", opts="max_backlog=9")["status"] == "success") == may_read
    assert session.ask("subscribe", t="^work$", sub_id="p", opts="max_backlog=9")["status"] == "success"
    for order in ORDERS:
        assert everything.ask("p", json.dumps(order).replace(" ", ""), t="work", ack="persisted")["status"] == "success"
    expected = {1} if user == "desk worker" else {1, 2} if may_read else set()
    frames = [frame for frame in session.settle() if frame.command == "p"]
    while len(frames) < len(expected):  # Queues take messages from the log, in their own time.
        frames += [frame for frame in session.settle() if frame.command == "p"]
    assert {number for frame in frames for number in frame.ids} == expected
    ack = session.ask("p", '{"id":3,"desk":1}', t="work")
    assert (ack["status"] == "success") == (user in ("everything", "sender"))
    assert session.ask("p", "{}", t="work_in")["status"] == ("success" if user == "everything" else "failure")
    if user == "desk worker":  # What the right hides cannot be settled, nor even counted.
        hidden = session.ask("sow_delete", t="work", filter="/desk = 2", ack="stats")
        assert (hidden["topic_matches"], hidden["records_deleted"]) == (1, 0)
        everything.send(c="sow", cid="b", query_id="b", t="work", bs=10)
        assert {number for frame in everything.settle() if frame.command == "sow" for number in frame.ids} >= {2}
    bookmark = frames[0].header["bm"] if frames else "1|1|"
    ack = session.ask("sow_delete", t="work", bm=bookmark)
    assert (ack["status"] == "success") == may_read
    assert may_read or ack["reason"] == "not entitled"
    assert (session.ask("sow", t="work", query_id="q")["status"] == "success") == may_read


@pytest.mark.parametrize("attack", ["1 = 1) OR (1 = 1", ") OR (", "1 = 1)", "(1 = 1"])
@pytest.mark.parametrize("command", ["subscribe", "sow", "sow_and_subscribe"])
@pytest.mark.parametrize("topic", ["orders", "^orders"])
def test_REL_17_a_filter_cannot_leave_its_brackets(session, command, topic, attack):
    ack = session("desks").ask(command, t=topic, sub_id="s", query_id="q", filter=attack)
    assert ack["reason"] == "bad filter"


def test_OOF_04_REL_17_a_record_that_may_no_longer_be_seen_leaves_as_it_was(session):
    reader, everything = session("desk"), session("everything")
    reader.ask("sow_and_subscribe", t="orders", sub_id="s", query_id="q", opts="oof")
    reader.settle()
    everything.ask("p", '{"id":1,"desk":2,"secret":7}', t="orders")
    (frame,) = reader.settle()
    assert (frame.command, frame.header["reason"]) == ("oof", "entitlement")
    assert frame.body == '{"id":1,"desk":1}'


def test_REL_17_replaced_subscriptions_stay_under_the_rights(session):
    reader = session("desks")
    assert reader.ask("subscribe", t="other", sub_id="s")["status"] == "success"
    for topic in ("orders", "^ord"):
        assert reader.ask("subscribe", t=topic, sub_id="s", opts="replace")["status"] == "success"
        update(session)
        assert {number for frame in reader.settle() for number in frame.ids} == {1}


def test_DLT_01_REL_17_a_delta_does_not_take_over_what_may_not_be_written(serve):
    own = {"logon": True, "topic": [{"topic": "orders", "read": "/owner = 'me'", "write": "/owner = 'me'"}]}
    broker = serve(
        sow=ORDERS_DEFINITION, authenticate=lambda *_: True, entitle=lambda _, user: user == "everything" or own
    )
    everything, me = RawSession(broker, "everything"), RawSession(broker, "me")
    assert everything.ask("p", '{"id":1,"owner":"you","secret":42}', t="orders")["status"] == "success"
    refused = me.ask("delta_publish", '{"id":1,"owner":"me"}', t="orders")
    assert (refused["status"], refused["reason"]) == ("failure", "not entitled")
    assert me.ask("delta_publish", '{"id":2,"owner":"me"}', t="orders")["status"] == "success"
    assert me.ask("delta_publish", '{"id":2,"owner":"me","n":1}', t="orders")["status"] == "success"
    me.send(c="sow", cid="q", query_id="q", t="orders", bs=10)
    assert [number for frame in me.settle() for number in frame.ids] == [2]


def test_QUE_30_REL_17_a_replayed_queue_shows_what_goes_into_it(serve):
    broker = serve(
        queues={"work": {"underlying_topic": "orders", "filter": "/desk = 1"}}, authenticate=lambda *_: True,
        entitle=lambda _, user: user == "everything" or {"logon": True, "topic": [{"topic": "work", "read": True}]},
    )  # fmt: skip
    everything, worker = RawSession(broker, "everything"), RawSession(broker, "worker")
    for order in ORDERS:
        body = json.dumps(order).replace(" ", "")
        assert everything.ask("p", body, t="orders", ack="persisted")["status"] == "success"
    for session, expected in ((everything, {1, 2}), (worker, {1})):
        session.send(c="subscribe", cid="r", t="work", sub_id="s", bm="0", a="completed")
        seen = set()
        while (frame := session.receive()) is not None and frame.command != "ack":
            seen.update(frame.ids)
        assert frame is not None
        assert frame.header["status"] == "success"
        assert seen == expected


@pytest.mark.parametrize("answer", [None, False, {}, "", "no document", {"logon": False}, {"logon": 1}, {"topic": 1}])
def test_SEC_08_REL_17_without_a_good_document_nobody_logs_on(serve, answer):
    broker = serve(entitle=lambda client_name, user: answer)
    raw = RawSession(broker, "anybody")
    assert (raw.logon["status"], raw.logon["reason"]) == ("failure", "not entitled")
    assert raw.receive() is None


@pytest.mark.parametrize("kind", [LookupError, SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize(("callback", "reason"), [("authenticate", "auth failure"), ("entitle", "not entitled")])
def test_REL_17_an_exception_of_a_callback_refuses(serve, monkeypatch, callback, reason, kind):
    seen = []
    monkeypatch.setattr("sys.unraisablehook", lambda args: seen.append(args.exc_type))

    def fails(*who):
        raise kind("no")

    raw = RawSession(serve(**{callback: fails}), "anybody")
    assert (raw.logon["status"], raw.logon["reason"]) == ("failure", reason)
    assert seen == [kind]


@pytest.mark.parametrize("answer", [None, False, 1, ["no"], {}, object()])
def test_SEC_01_only_true_accepts(serve, answer):
    raw = RawSession(serve(authenticate=lambda *who: answer), "anybody")
    assert (raw.logon["status"], raw.logon["reason"]) == ("failure", "auth failure")


def test_SEC_15_rights_are_asked_for_once_a_logon(serve):
    asked = []

    def entitle(client_name, user):
        asked.append((client_name, user))
        return True

    broker = serve(authenticate=lambda *_: True, entitle=entitle)
    raw = RawSession(broker, "ann")
    for number in range(10):
        raw.ask("p", "{}", t=f"t{number}")
    assert [user for _, user in asked] == ["ann"]


def test_SEC_18_rights_of_a_file(serve, tmp_path):
    file = tmp_path / "rights.json"
    file.write_text(
        json.dumps({"users": [{"user_name": "ann", "logon": True, "topic": [{"topic": "a", "read": True}]}]})
    )
    xml = f"""<AMPSConfig>
      <Authentication><Module>amps-default-authentication-module</Module>
        <Options><AllowSpoofing>true</AllowSpoofing></Options></Authentication>
      <Entitlement><Module>amps-rights-file-entitlement-module</Module>
        <Options><FileName>{file}</FileName></Options></Entitlement>
    </AMPSConfig>"""
    broker = pyamps.Broker()
    broker.configure(xml)
    with broker:
        ann, bob = RawSession(broker, "ann"), RawSession(broker, "bob")
        assert ann.ask("subscribe", t="a", sub_id="s")["status"] == "success"
        assert ann.ask("subscribe", t="b", sub_id="t")["reason"] == "not entitled"
        assert bob.logon["reason"] == "not entitled"
    file.write_text("")
    with pytest.raises(pyamps.AMPSException):
        broker.start()


def test_CNF_01_a_pattern_is_conflated_under_a_right_with_a_filter(serve):
    topics = ("orders", "ordinary", "tests")
    running = serve(sow=dict.fromkeys(topics, "/id"), authenticate=lambda *_: True, entitle=rights, clock="manual")
    publisher, watcher = RawSession(running, "everything"), RawSession(running, "desks")
    assert watcher.ask("subscribe", t="^or|^te", sub_id="s", opts="conflation=1s")["status"] == "success"
    for number in range(3):
        for topic in topics:
            for order in ORDERS:
                publisher.ask("p", json.dumps({**order, "n": number}).replace(" ", ""), t=topic)
    assert watcher.settle() == []
    running.advance(1)
    told = [watcher.receive() for _ in range(4)]
    assert {(frame.header["t"], *frame.ids) for frame in told} == {
        ("orders", 1),
        ("ordinary", 1),
        ("tests", 1),
        ("tests", 2),
    }
    assert all('"n":2' in frame.body for frame in told)
    assert watcher.settle() == []
    publisher.close()
    watcher.close()
