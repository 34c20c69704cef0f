# SPDX-License-Identifier: Apache-2.0
"""What a client calls: handlers of messages, losses, failures and errors."""

from __future__ import annotations

import threading

import pytest
from scripted_server import FakeServer

import pyamps as AMPS
from pyamps.testing import Broker, Collector, wait_until


def test_last_chance_and_unhandled(client, topic):
    """PY-083 PY-084: messages nobody else wanted."""
    got, unhandled = Collector(), Collector()
    client.set_last_chance_message_handler(got)
    client.execute_async(AMPS.Command("subscribe").set_topic(topic), None)
    client.publish(topic, "1")
    got.wait_for(1)
    client.set_unhandled_message_handler(unhandled)
    client.publish(topic, "2")
    assert unhandled.wait_for(1)[0].get_data() == "2"
    assert got.wait_for(2)[1].get_data() == "2"
    client.set_unhandled_message_handler(None)
    client.set_last_chance_message_handler(None)


def test_global_command_type_handler(client, topic):
    """PY-086: sees every message of a command, after its route."""
    got, all_publishes = Collector(), Collector()
    client.set_global_command_type_message_handler("publish", all_publishes)
    client.subscribe(got, topic)
    client.publish(topic, "x")
    all_publishes.wait_for(1)
    assert len(got.wait_for(1)) == 1
    with pytest.raises(ValueError, match="not the name of a command"):
        client.set_global_command_type_message_handler("nothing", got)


def test_duplicate_handler_getter(client):
    """PY-085"""
    assert client.get_duplicate_message_handler() is None
    client.set_duplicate_message_handler(print)
    assert client.get_duplicate_message_handler() is print


def test_thread_created_callback_and_deferred_execution(broker):
    """PY-081 PY-082: on the receive thread."""
    ids, ran = [], threading.Event()
    client = AMPS.Client()
    client.set_thread_created_callback(ids.append)
    client.connect(broker.uri("json"))
    client.logon(10_000)
    assert len(ids) == 1
    assert ids[0] != threading.get_ident()

    def deferred(word):
        ids.append((word, threading.get_ident()))
        ran.set()

    client.deferred_execution(deferred, "now")
    assert ran.wait(10)
    assert ids[1] == ("now", ids[0])
    client.close()
    client.set_thread_created_callback(lambda: 1 / 0)
    with pytest.raises(AMPS.ConnectionException):
        client.connect(broker.uri("json"))


def test_disconnect_handler():
    """PY-089: called with the client when the connection is lost, not for a deliberate disconnect."""
    lost = []
    with Broker() as broker:
        client = AMPS.Client()
        client.set_disconnect_handler(lost.append)
        client.connect(broker.uri("json"))
        client.logon(10_000)
        client.disconnect()
        assert lost == []
        client.connect(broker.uri("json"))
        client.logon(10_000)
    wait_until(lambda: lost == [client])
    with pytest.raises(AMPS.DisconnectedException):
        client.publish("a", "b")


def test_disconnect_handler_may_reconnect():
    """PY-089: connect and logon are allowed in it."""
    with Broker() as first, Broker() as second:
        again = threading.Event()

        def reconnect(client):
            client.connect(second.uri("json"))
            client.logon(10_000)
            again.set()

        client = AMPS.Client()
        client.set_disconnect_handler(reconnect)
        client.connect(first.uri("json"))
        client.logon(10_000)
        first.stop()
        assert again.wait(10)
        wait_until(lambda: client.flush(5000) is None)
        client.close()


def test_exception_listener(client, topic):
    """PY-088: gets the exception object itself; the subscription goes on."""
    caught, got = [], Collector()
    error = RuntimeError("from a handler")

    def handler(message):
        got(message)
        raise error

    client.set_exception_listener(caught.append)
    assert client.get_exception_listener() == caught.append
    client.subscribe(handler, topic)
    for data in "12":
        client.publish(topic, data)
    got.wait_for(2)
    wait_until(lambda: len(caught) == 2)
    assert caught[0] is error
    with pytest.raises(TypeError):
        client.set_exception_listener(17)


def test_exceptions_without_a_listener_are_shown(client, topic, monkeypatch):
    """PY-088: sys.unraisablehook sees them, SystemExit too."""
    seen = []
    monkeypatch.setattr("sys.unraisablehook", lambda args: seen.append(args.exc_value))

    def handler(message):
        raise SystemExit(3)

    client.subscribe(handler, topic)
    client.publish(topic, "x")
    wait_until(lambda: seen)
    assert isinstance(seen[0], SystemExit)
    client.flush(10_000)


def test_waiting_in_a_handler_is_refused(client, topic):
    """PY-308: at once, with an explanation."""
    caught = []

    def handler(message):
        for wait in (client.flush, client.publish_flush, lambda: client.subscribe("x"), client.logon):
            try:
                wait()
            except AMPS.UsageException as error:
                caught.append(error)

    client.subscribe(handler, topic)
    client.publish(topic, "x")
    wait_until(lambda: len(caught) == 4)


def test_handlers_may_publish_and_unsubscribe(client, topic):
    """5.5: what does not wait is allowed, disconnecting too."""
    got = Collector()
    done = threading.Event()

    def handler(message):
        client.publish(topic + "/echo", message.get_data())
        client.unsubscribe(sub_id)
        client.flush_acks()
        done.set()

    client.subscribe(got, topic + "/echo")
    sub_id = client.subscribe(handler, topic)
    client.publish(topic, "x")
    assert got.wait_for(1)[0].get_data() == "x"
    assert done.wait(10)
    closed = threading.Event()
    client.subscribe(lambda message: (client.disconnect(), closed.set()), topic)
    client.publish(topic, "x")
    assert closed.wait(10)


def test_failed_write_handler():
    """PY-087: hears of publishes the server refuses later; without one they go to last chance."""
    failed, last, heard = [], Collector(), threading.Event()

    def refuse(connection):
        connection.accept_logon()
        for sequence, reason in ((1, "not entitled"), (2, "publish filter")):
            connection.read_frame()
            connection.send_frame(c="ack", a="persisted", status="failure", reason=reason, s=sequence)
        connection.read_frame(60)

    with FakeServer(refuse) as server, AMPS.Client() as client:
        client.set_last_chance_message_handler(last)
        client.set_failed_write_handler(lambda message, reason: (failed.append((message.copy(), reason)), heard.set()))
        with pytest.raises(TypeError):
            client.set_failed_write_handler("no")
        client.connect(server.uri)
        client.logon(10_000)
        client.publish("orders", "1")
        assert heard.wait(10)
        client.set_failed_write_handler(None)
        client.publish("orders", "2")
        assert last.wait_for(1)[0].get_reason() == "publish filter"
        client.disconnect()
    ((message, reason),) = failed
    assert (reason, message.get_status(), message.get_sequence()) == ("not entitled", "failure", 1)
