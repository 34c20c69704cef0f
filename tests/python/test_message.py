# SPDX-License-Identifier: Apache-2.0
"""Messages: fields, payload, lifetime."""

from __future__ import annotations

import copy
import gc
import pickle
import threading

import pytest

import pyamps as AMPS
from pyamps import testing
from pyamps.testing import Collector, wait_until

TEXTS = [
    "command_id", "topic", "sub_id", "sub_ids", "query_id", "sow_key", "sow_keys", "bookmark", "correlation_id",
    "timestamp", "user_id", "lease_period", "reason", "filter", "options", "order_by", "client_name", "password",
    "version", "message_type",
]  # fmt: skip
NUMBERS = [
    "sequence", "matches", "topic_matches", "records_returned", "records_inserted", "records_updated",
    "records_deleted", "batch_size", "top_n", "expiration", "group_sequence_number",
]  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_text_fields(name):
    """PY-141 … PY-173: None when absent, str when set, cleared by None; both spellings."""
    message = AMPS.Message()
    getter, setter = getattr(message, f"get_{name}"), getattr(message, f"set_{name}")
    assert getter() is None
    setter("välue")
    assert getter() == "välue"
    setter(b"bytes")
    assert getter() == "bytes"
    setter(None)
    assert getter() is None
    with pytest.raises(TypeError):
        setter(1.5)
    camel = "get" + "".join(part.capitalize() for part in name.split("_"))
    assert getattr(AMPS.Message, camel) is getattr(AMPS.Message, f"get_{name}")


@pytest.mark.parametrize("name", NUMBERS)
def test_number_fields(name):
    """PY-153 PY-157 … PY-165 PY-169: 0 when absent."""
    message = AMPS.Message()
    assert getattr(message, f"get_{name}")() == 0
    getattr(message, f"set_{name}")(12345)
    assert getattr(message, f"get_{name}")() == 12345


def test_legacy_fields():
    """PY-175"""
    message = AMPS.Message()
    for name in ("data_only", "send_keys", "send_empty", "send_oof", "use_ns", "heartbeat", "timeout_interval",
                 "max_messages"):  # fmt: skip
        assert getattr(message, f"get_{name}")() is None


def test_ack_and_status_fields():
    """PY-154 PY-155 PY-203 PY-204"""
    message = testing.message(command="ack", ack_type="processed", status="success")
    assert message.get_ack_type() == AMPS.Message.AckType.Processed
    assert message.get_status() == AMPS.Message.Status.Success


def test_commands_have_their_full_names():
    """PY-140 PY-184 … PY-202: also those written short on the wire, and unknown ones."""
    message = AMPS.Message()
    assert message.get_command() is None
    for name, value in vars(AMPS.Message.Command).items():
        if name.startswith("_") or not value or not isinstance(value, str):
            continue
        message.set_command(value)
        assert message.get_command() == value
        assert getattr(message.Command, name) == value
    message.set_command("p")
    assert message.get_command() == "publish"
    message.set_command("of_a_newer_server")
    assert message.get_command() == "of_a_newer_server"


def test_payload():
    """PY-135 PY-136 PY-137 PY-138 ADV-25: str or UnicodeDecodeError, bytes always."""
    message = testing.message("grün")
    assert message.get_data() == "grün"
    assert message.get_data() is message.get_data()
    assert message.get_data_raw() == "grün".encode()
    assert message.get_message_length() == 5
    message.set_data(bytes(range(256)))
    assert message.get_data_raw() == bytes(range(256))
    with pytest.raises(UnicodeDecodeError):
        message.get_data()
    assert AMPS.Message().get_data() is None
    assert testing.message("").get_data() == ""
    assert testing.message('{"a": [1]}').get_json() == {"a": [1]}


@pytest.mark.parametrize("size", [*range(26), 100])
def test_text_is_decoded_whatever_its_length_and_place(size):
    """PY-135: an umlaut anywhere, and bytes that are no UTF-8 anywhere."""
    text = "x" * size
    for at in range(size + 1):
        mixed = text[:at] + "ü" + text[at:]
        assert testing.message(mixed.encode()).get_data() == mixed
        with pytest.raises(UnicodeDecodeError):
            testing.message(text[:at].encode() + b"\xfc" + text[at:].encode()).get_data()
    got = testing.message(text.encode()).get_data()
    assert got == text
    assert got.isascii()
    assert hash(got) == hash(text)


def test_copies_are_independent():
    """PY-176 PY-177 PY-178"""
    message = testing.message("one", topic="t")
    copies = [message.copy(), copy.copy(message), copy.deepcopy(message)]
    message.reset()
    assert message.get_topic() is None
    assert message.get_data() is None
    for kept in copies:
        assert (kept.get_topic(), kept.get_data(), kept.get_command()) == ("t", "one", "publish")


def test_pickling():
    """PY-181"""
    message = testing.message(b"\xff\0", topic=b"t\xff", sequence=7, sow_key="k")
    again = pickle.loads(pickle.dumps(message))
    assert again.fields() == message.fields()
    assert again.get_data_raw() == b"\xff\0"
    assert again.get_command() == "publish"
    assert pickle.loads(pickle.dumps(AMPS.Message())).fields() == {}


def test_text_of_a_message_hides_the_password():
    """PY-180"""
    message = testing.message("{}", topic="t", password="hunter2")
    assert "hunter2" not in str(message) + repr(message)
    assert "t" in str(message)
    assert bool(message) is True
    assert message != testing.message("{}", topic="t", password="hunter2")


def test_detached_when_kept(client, topic):
    """PY-182: objects the program keeps stay valid, others are used again."""
    kept, ids, done = [], set(), threading.Event()

    def handler(message):
        ids.add(id(message))
        if message.get_data() in ("1", "3"):
            kept.append(message)
        if message.get_data() == "9":
            done.set()

    client.subscribe(handler, topic)
    for n in range(10):
        client.publish(topic, str(n))
    assert done.wait(10)
    client.publish(topic, "overwritten")
    client.flush(10_000)
    assert [message.get_data() for message in kept] == ["1", "3"]
    assert {message.get_topic() for message in kept} == {topic}
    assert kept[0] is not kept[1]
    assert len(ids) <= 4


def test_memoryview_in_a_handler(client, topic):
    """PY-139: shows the payload without a copy; released when the handler returns."""
    views, sums, done = [], [], threading.Event()

    def handler(message):
        view = memoryview(message)
        assert view.readonly
        sums.append((sum(view), bytes(message), view.nbytes))
        views.append(view)
        if len(views) == 3:
            done.set()

    client.subscribe(handler, topic)
    for _ in range(3):
        client.publish(topic, bytes([1, 2, 3]))
    assert done.wait(10)
    assert sums == [(6, b"\1\2\3", 3)] * 3

    def released():
        try:
            return bool(views[-1][0]) is None
        except ValueError:
            return True

    wait_until(released)
    for view in views:
        with pytest.raises(ValueError, match="released"):
            view[0]
    owned = testing.message("abc")
    assert bytes(memoryview(owned)) == b"abc"


def test_topics_are_one_object(client, topic):
    """The same topic is the same str from message to message."""
    topics = []
    client.subscribe(lambda message: topics.append(message.get_topic()), topic)
    for _ in range(3):
        client.publish(topic, "x")
    wait_until(lambda: len(topics) == 3)
    assert topics[0] is topics[1] is topics[2]


def test_messages_of_many_threads(broker, topic):
    """A client a thread; every kept message stays whole."""
    got = Collector()
    clients = []
    for _ in range(3):
        client = AMPS.Client()
        client.connect(broker.uri("json"))
        client.logon(10_000)
        client.subscribe(got, topic)
        clients.append(client)
    for n in range(200):
        clients[n % 3].publish(topic, f"{n:03}" * 10)
    for client in clients:
        client.flush(10_000)
    messages = got.wait_for(600)
    assert {message.get_data() for message in messages} == {f"{n:03}" * 10 for n in range(200)}
    for client in clients:
        client.close()
    gc.collect()


def test_options():
    """PY-205 … PY-215: options keep their order; setting one again replaces it."""
    options = AMPS.Message.Options("live,max_backlog=3,")
    options.set_oof().set_max_backlog(5).set_projection(["/a", "/b AS /c"]).set_rate("2X")
    assert str(options) == "live,max_backlog=5,oof,projection=[/a,/b AS /c],rate=2X"
    assert str(AMPS.Message.Options(str(options))) == str(options)
    assert str(options.set_none()) == ""
    flags = {
        "set_live": "live", "set_OOF": "oof", "set_replace": "replace", "set_no_empties": "no_empties",
        "set_send_keys": "send_keys", "set_timestamp": "timestamp", "set_no_sow_key": "no_sowkey",
        "set_cancel": "cancel", "set_expire": "expire", "set_resume": "resume", "set_pause": "pause",
        "set_fully_durable": "fully_durable", "set_bookmark": "bookmark",
        "set_non_regex_topic": "non_regex_topic",
    }  # fmt: skip
    for setter, word in flags.items():
        assert str(getattr(AMPS.Message.Options(), setter)()) == word
    values = {
        "set_top_n": (5, "top_n=5"), "set_skip_n": (6, "skip_n=6"), "set_conflation": ("100ms", "conflation=100ms"),
        "set_conflation_key": ("/id", "conflation_key=[/id]"), "set_rate_max_gap": ("10s", "rate_max_gap=10s"),
        "set_grouping": ("[/a]", "grouping=[/a]"), "set_select": (["-/", "+/a"], "select=[-/,+/a]"),
        "set_ack_conflation_interval": ("1s", "ack_conflation=1s"),
        "set_bookmark_not_found": ("epoch", "bookmark_not_found=epoch"),
    }  # fmt: skip
    for setter, (value, text) in values.items():
        assert str(getattr(AMPS.Message.Options(), setter)(value)) == text
    assert AMPS.Message.Options.OOF == "oof,"
    assert AMPS.Command("sow").set_options(AMPS.Message.Options().set_oof()).get_options() == "oof"


def test_command_setters_and_getters():
    """PY-113 … PY-134: each setter returns the command, each getter what was set."""
    command = AMPS.Command("sow")
    texts = ("topic", "filter", "options", "bookmark", "sub_id", "query_id", "command_id", "order_by",
             "correlation_id", "sow_key", "sow_keys", "ack_type", "client_name", "user_id", "password", "version",
             "message_type", "data")  # fmt: skip
    for name in texts:
        value = "stats" if name == "ack_type" else name
        assert getattr(command, f"set_{name}")(value) is command
        assert getattr(command, f"get_{name}")() == value
    for name in ("batch_size", "top_n", "expiration", "sequence", "timeout"):
        assert getattr(command, f"set_{name}")(42) is command
        assert getattr(command, f"get_{name}")() == 42
    command.set_ack_type("stats").add_ack_type("completed").add_ack_type("stats")
    assert command.get_ack_type() == "stats,completed"
    assert command.set_sow_keys(["1", "2"]).get_sow_keys() == "1,2"
    assert command.reset("publish") is command
    assert command.get_command() == "publish"
    assert command.get_topic() is None
    assert "hunter2" not in repr(AMPS.Command("logon").set_password("hunter2"))
