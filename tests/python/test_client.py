# SPDX-License-Identifier: Apache-2.0
"""Sessions, publishing, subscriptions, commands and settings of a client."""

from __future__ import annotations

import contextlib
import datetime
import threading

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, Collector


def test_sends_and_receives(client, topic):
    """PY-015 PY-021 PY-022 PY-050 PY-053 PY-067: a handler gets what is published."""
    got = Collector()
    sub_id = client.subscribe(got, topic)
    assert isinstance(sub_id, str)
    assert sub_id
    assert client.publish(topic, '{"id": 1}') == 0
    client.publish(topic, b"bytes")
    client.publish(topic.encode(), bytearray(b"buffer"))
    client.publish_flush(10_000)
    assert [message.get_data() for message in got.wait_for(3)] == ['{"id": 1}', "bytes", "buffer"]
    message = got.messages[0]
    assert message.get_topic() == topic
    assert message.get_sub_id() == sub_id
    assert message.get_command() == AMPS.Message.Command.Publish == "publish"


def test_close_may_be_called_twice_and_the_client_connects_again(broker, topic):
    """PY-023 PY-024: close is idempotent, also when connect failed."""
    client = AMPS.Client("again")
    client.close()
    with pytest.raises(AMPS.ConnectionRefusedException):
        client.connect("tcp://127.0.0.1:1/amps/json")
    client.close()
    for _ in range(2):
        client.connect(broker.uri("json"))
        client.logon(10_000)
        client.flush(10_000)
        client.disconnect()
        client.close()


def test_context_manager_closes(broker):
    """PY-016"""
    with AMPS.Client("with") as client:
        client.connect(broker.uri("json"))
        client.logon()
    with pytest.raises(AMPS.DisconnectedException):
        client.publish("a", "b")


def test_connect_failures(broker, client):
    """PY-297 PY-300 PY-310 PY-311 PY-312 PY-314 PY-335: each has its class."""
    with pytest.raises(AMPS.AlreadyConnectedException):
        client.connect(broker.uri("json"))
    fresh = AMPS.Client()
    with pytest.raises(AMPS.InvalidURIException):
        fresh.connect("nonsense")
    with pytest.raises(AMPS.InvalidTransportOptionsException):
        fresh.connect(broker.uri("json") + "?no_such_option=1")
    with pytest.raises(AMPS.TransportTypeException):
        fresh.connect("carrier-pigeon://127.0.0.1:1/amps/json")
    with pytest.raises(AMPS.ConnectionRefused) as refused:
        fresh.connect("tcp://127.0.0.1:1/amps/json")
    assert "127.0.0.1" in str(refused.value)
    with pytest.raises(TypeError):
        fresh.connect(17)
    with pytest.raises(ValueError, match="NUL"):
        fresh.connect("tcp://127.0.0.1\0:1/amps/json")


def test_names(broker):
    """PY-025 PY-026 PY-027 PY-028: names, made up when missing, fixed while connected."""
    assert AMPS.Client().name()
    assert AMPS.Client().name() != AMPS.Client().name()
    client = AMPS.Client("first")
    client.set_name("second")
    assert client.name() == client.get_name() == "second"
    client.connect(broker.uri("json"))
    with pytest.raises(AMPS.AMPSException):
        client.set_name("third")
    client.logon(10_000)
    assert client.get_name_hash_value() > 0
    assert client.get_name_hash() == str(client.get_name_hash_value())
    client.close()


def test_versions_and_information(client, broker):
    """PY-029 PY-030 PY-031 PY-032 PY-033 PY-034"""
    assert client.get_uri() == broker.uri("json")
    assert client.get_server_version() >= 0
    assert isinstance(client.get_server_version_info(), AMPS.VersionInfo)
    assert AMPS.Client.convert_version_to_number("5.3.4.1") == 5030401
    with pytest.raises(ValueError, match="not a version"):
        AMPS.Client.convert_version_to_number("five")
    info = client.get_connection_info()
    assert info["client.name"] == client.name()
    assert info.keys() == client.gather_connection_info().keys()


def test_password_is_not_shown():
    """PY-029 PY-180: repr and information show no password."""
    client = AMPS.Client("secretive")
    with pytest.raises(AMPS.ConnectionRefusedException) as refused:
        client.connect("tcp://me:hunter2@127.0.0.1:1/amps/json")
    assert "hunter2" not in repr(client) + str(client) + str(refused.value)
    assert "hunter2" not in str(client.get_connection_info())


def test_logon_correlation_data(client):
    """PY-035"""
    fresh = AMPS.Client()
    fresh.set_logon_correlation_data("abc123==")
    assert fresh.get_logon_correlation_data() == "abc123=="


def test_state_listeners(broker):
    """PY-037 PY-038 PY-039 PY-274 PY-275 PY-276: functions and objects, added once, removed."""
    states, more = [], []

    class Listener(AMPS.ConnectionStateListener):
        def connection_state_changed(self, state):
            more.append(state)

    listener = Listener()
    client = AMPS.Client()
    client.add_connection_state_listener(states.append)
    client.add_connection_state_listener(states.append)
    client.add_connection_state_listener(listener)
    client.connect(broker.uri("json"))
    client.logon(10_000)
    client.disconnect()
    names = AMPS.ConnectionStateListener
    assert states[:2] == [names.Connected, names.LoggedOn]
    assert states[-1] in (names.Disconnected, names.Shutdown)
    assert states == more
    client.remove_connection_state_listener(listener)
    client.remove_connection_state_listener(print)
    client.clear_connection_state_listeners()
    before = len(states)
    client.connect(broker.uri("json"))
    client.close()
    assert len(states) == len(more) == before


def test_sync_subscribe(client, other, topic):
    """PY-052 PY-216: without a handler a stream is returned."""
    with client.subscribe(topic=topic, timeout=5000) as stream:
        other.publish(topic, "1")
        assert next(stream).get_data() == "1"


def test_unsubscribe(client, topic):
    """PY-063: one id, all, unknown ids."""
    got = Collector()
    sub_id = client.subscribe(got, topic)
    client.publish(topic, "1")
    got.wait_for(1)
    client.unsubscribe(sub_id)
    client.unsubscribe("no-such-id")
    client.publish(topic, "2")
    client.flush(10_000)
    client.subscribe(got, topic)
    client.unsubscribe()
    client.publish(topic, "3")
    client.flush(10_000)
    assert got.data == ["1"]


def test_commands(client, topic):
    """PY-043 PY-044 PY-045 PY-111 PY-112: a Command does what the named methods do."""
    got = Collector()
    command = AMPS.Command("subscribe").set_topic(topic).set_sub_id("mine").set_timeout(5000)
    assert client.execute_async(command, got) == "mine"
    assert command.get_command_id() is None
    client.unsubscribe("mine")
    client.execute_async_no_resubscribe(command, got)
    stream = client.execute(AMPS.Command("publish").set_topic(topic).set_data("x"))
    assert list(stream) == []
    assert got.wait_for(1)[0].get_data() == "x"


def test_requested_acks_are_delivered(client, topic):
    """PY-130 PY-131 PY-154 PY-155: only acknowledgements the program asked for."""
    command = AMPS.Command("subscribe").set_topic(topic).add_ack_type("processed").set_timeout(5000)
    with client.execute(command) as stream:
        ack = next(stream)
        assert ack.get_command() == "ack"
        assert ack.get_ack_type() == AMPS.Message.AckType.Processed
        assert ack.get_status() == AMPS.Message.Status.Success
        assert ack.get_data() is None


def test_refused_command_leaves_the_client_usable(client, topic):
    """PY-296 PY-298 PY-318: a refused command raises; the session goes on."""
    with pytest.raises(AMPS.BadRegexTopicException) as refused:
        client.subscribe("^(", timeout=5000)
    assert isinstance(refused.value, (AMPS.BadRegexTopic, AMPS.CommandException))
    assert refused.value.reason
    assert refused.value.code == 41
    client.flush(10_000)


def test_duplicate_sub_id(client, topic):
    """PY-326"""
    command = AMPS.Command("subscribe").set_topic(topic).set_sub_id("twice").set_timeout(5000)
    client.execute_async(command, print)
    with pytest.raises(AMPS.CommandException):
        client.execute_async(command, print)


def test_settings(client):
    """PY-068 PY-072 PY-073 PY-074 PY-075 PY-076 PY-079: every setter has its getter."""
    client.set_auto_ack(True)
    assert client.get_auto_ack() is True
    client.set_ack_batch_size(50)
    assert client.get_ack_batch_size() == 50
    client.set_ack_timeout(250)
    assert client.get_ack_timeout() == 250
    client.set_default_max_depth(7)
    assert client.get_default_max_depth() == 7
    client.set_retry_on_disconnect(False)
    assert client.get_retry_on_disconnect() is False
    client.set_error_on_publish_gap(True)
    assert client.get_error_on_publish_gap() is True
    assert client.get_unpersisted_count() == 0


@pytest.mark.parametrize(
    "cls",
    [AMPS.Client, AMPS.HAClient, AMPS.Command, AMPS.Message, AMPS.MessageStream, AMPS.VersionInfo,
     AMPS.DefaultServerChooser, AMPS.FixedDelayStrategy, AMPS.ExponentialDelayStrategy,
     AMPS.CompositeMessageBuilder, AMPS.CompositeMessageParser, AMPS.FIXBuilder, AMPS.FIXShredder,
     AMPS.NVFIXBuilder, AMPS.NVFIXShredder],
)  # fmt: skip
def test_every_method_has_its_camel_case_name(cls):
    """PY-014"""
    for name in dir(cls):
        first, *rest = name.split("_")
        if first and rest and name.islower():
            alias = first + "".join(word.capitalize() for word in rest)
            assert getattr(cls, alias) == getattr(cls, name), f"{cls.__name__}.{alias}"


def test_camel_case_names(client):
    """PY-014: the same functions."""
    assert AMPS.Client.setAckBatchSize is AMPS.Client.set_ack_batch_size
    assert AMPS.Client.executeAsync is AMPS.Client.execute_async
    assert AMPS.HAClient.connectAndLogon is AMPS.HAClient.connect_and_logon
    assert AMPS.Command.setTopic is AMPS.Command.set_topic
    assert AMPS.Message.getData is AMPS.Message.get_data
    assert AMPS.MessageStream.maxDepth is AMPS.MessageStream.max_depth


def test_timeouts(client, topic):
    """PY-066 PY-305: int or timedelta."""
    client.flush(timeout=5000)
    client.flush(datetime.timedelta(seconds=5))
    with pytest.raises(ValueError, match="milliseconds"):
        client.flush(-1)


def test_acks_and_discard_without_queues(client, topic):
    """PY-064 PY-065 PY-069 PY-179: harmless for messages of no queue."""
    got = Collector()
    client.subscribe(got, topic)
    client.publish(topic, "x")
    message = got.wait_for(1)[0]
    message.ack()
    client.ack(message)
    client.discard(message)
    client.flush_acks()


def test_heartbeat(client):
    """PY-036: a quiet session with heartbeats stays alive."""
    client.set_heartbeat(1)
    client.flush(10_000)
    client.set_heartbeat(5, 20)
    client.flush(10_000)


def test_preflight_headers(broker):
    """PY-040 PY-041 PY-042 PY-341"""
    client = AMPS.Client()
    client.add_http_preflight_header("X-One: 1")
    client.add_http_preflight_header("X-Two", "2")
    client.set_http_preflight_headers({"X-Three": "3"})
    client.set_http_preflight_headers(["X-Four: 4"])
    client.connect(broker.uri("json") + "?http_preflight=true")
    client.logon(10_000)
    client.clear_http_preflight_headers()
    client.close()


def test_message_routes(client, topic):
    """PY-046 PY-047 PY-048 PY-049"""
    got = Collector()
    client.add_message_handler("route", got, "processed,stats", True)
    assert client.remove_message_handler("route") is True
    assert client.remove_message_handler("route") is False
    with pytest.raises(ValueError, match="'nonsense' is not an acknowledgement type"):
        client.add_message_handler("route", got, "stats,nonsense")
    message = client.allocate_message()
    message.set_command("subscribe")
    message.set_topic(topic)
    client.send(message, got, 5000)
    published = client.allocate_message()
    published.set_command("publish")
    published.set_topic(topic)
    published.set_data("sent")
    client.send(published)
    assert got.wait_for(1)[0].get_data() == "sent"


def test_subclasses_and_attributes(broker):
    """1.2: classes may be subclassed, with other arguments, and get attributes."""

    class Mine(AMPS.Client):
        def __init__(self, uri):
            super().__init__("mine")
            self.uri = uri

        def start(self):
            self.connect(self.uri)
            self.logon(10_000)
            return self

    client = Mine(broker.uri("json")).start()
    client.extra = 1
    client.close()
    with pytest.raises(AMPS.UsageException):
        AMPS.Client.__new__(AMPS.Client).flush()
    with pytest.raises(AMPS.UsageException):
        AMPS.Client.__new__(AMPS.Client).publish("a", "b")


def test_publish_arguments(client, topic):
    """PY-050 PY-051: wrong types are refused before anything is sent."""
    client.delta_publish(topic, "{}", 5)
    client.publish(topic, "{}", expiration=10)
    for arguments in ((1, "x"), (topic, 5), (topic, object())):
        with pytest.raises(TypeError):
            client.publish(*arguments)
    with pytest.raises(TypeError):
        client.publish(topic)
    assert client.publish_many(topic, (str(n) for n in range(10))) == 10


def test_calls_after_a_loss_say_why_the_connection_was_lost():
    """3.1: also when no call was waiting then."""
    lost = threading.Event()
    with Broker() as broker:
        client = AMPS.Client()
        client.set_disconnect_handler(lambda client: lost.set())
        client.connect(broker.uri("json"))
        client.logon(10_000)
    assert lost.wait(10)
    for call in (lambda: client.publish("a", "b"), client.flush, lambda: client.subscribe("a")):
        with pytest.raises(AMPS.DisconnectedException, match="not connected: the server closed the connection"):
            call()
    client.close()
    with pytest.raises(AMPS.DisconnectedException, match="not connected"):
        AMPS.Client().publish("a", "b")


def test_connection_lost_ends_streams():
    """PY-301: a stream of a plain client gives what it has and ends."""
    with Broker() as broker:
        client = AMPS.Client()
        client.connect(broker.uri("json"))
        client.logon(10_000)
        stream = client.subscribe("t")
        client.publish("t", "kept")
        client.flush(10_000)
        broker.stop()
        assert [message.get_data() for message in stream] == ["kept"]
        client.close()


def test_name_in_use(broker, client):
    """PY-304: the broker answers for the client."""
    second = AMPS.Client(client.name())
    second.connect(broker.uri("json"))
    with contextlib.suppress(AMPS.NameInUse):  # Allowed unless the broker keeps a log.
        second.logon(10_000)
    second.close()
