# SPDX-License-Identifier: Apache-2.0
"""HAClient: choosing servers, reconnecting, resubscribing."""

from __future__ import annotations

import threading
import time

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, Collector, wait_until

NOWHERE = "tcp://127.0.0.1:1/amps/json"


class Chooser:
    """A chooser as programs write it."""

    def __init__(self, *uris):
        self.uris = list(uris)
        self.failures = []
        self.successes = []

    def get_current_uri(self):
        return self.uris[0] if self.uris else None

    def get_current_authenticator(self):
        return None

    def report_failure(self, exception, info):
        self.failures.append((exception, info))
        self.uris.append(self.uris.pop(0))

    def report_success(self, info):
        self.successes.append(info)

    def get_error(self):
        return "no more servers"


def test_connects_by_a_chooser(broker):
    """PY-090 PY-093 PY-094 PY-259 PY-260: past a server that is down."""
    chooser = AMPS.DefaultServerChooser()
    assert chooser.add(NOWHERE) is chooser
    chooser.add(broker.uri("json"))
    client = AMPS.HAClient("ha")
    assert client.get_server_chooser() is None
    client.set_server_chooser(chooser)
    assert client.get_server_chooser() is chooser
    client.set_reconnect_delay(1)
    client.connect_and_logon()
    assert not client.disconnected()
    client.flush(10_000)
    client.disconnect()
    assert client.disconnected()
    client.close()


def test_python_chooser(broker):
    """PY-262 PY-263 PY-264 PY-265 PY-267: duck typing, exceptions and information."""
    chooser = Chooser(NOWHERE, broker.uri("json"))
    with AMPS.HAClient(no_store=True) as client:
        client.set_server_chooser(chooser)
        client.set_reconnect_delay(1)
        client.connect_and_logon()
        assert isinstance(chooser.failures[0][0], AMPS.ConnectionRefusedException)
        assert chooser.failures[0][1]["client.name"] == client.name()
        assert len(chooser.successes) == 1


def test_chooser_that_gives_up():
    """PY-266: no URI ends connect_and_logon; what a chooser raises reaches the caller."""
    with AMPS.HAClient(no_store=True) as client:
        with pytest.raises(AMPS.AMPSException):
            client.connect_and_logon()
        client.set_server_chooser(Chooser())
        with pytest.raises(AMPS.ConnectionException):
            client.connect_and_logon()
        error = LookupError("mine")

        class Raising(Chooser):
            def report_failure(self, exception, info):
                raise error

        client.set_server_chooser(Raising(NOWHERE))
        with pytest.raises(LookupError) as raised:
            client.connect_and_logon()
        assert raised.value is error
        with pytest.raises(TypeError, match="get_current_uri"):
            client.set_server_chooser(object())


def test_default_chooser():
    """PY-261 PY-262 PY-264: a list that goes round."""
    authenticator = AMPS.DefaultAuthenticator()
    chooser = AMPS.DefaultServerChooser().add("tcp://a:1/amps", authenticator).add_all(["tcp://b:1/amps"])
    assert chooser.get_current_uri() == "tcp://a:1/amps"
    assert chooser.get_current_authenticator() is authenticator
    chooser.report_failure(AMPS.DisconnectedException("x"), {})
    assert chooser.get_current_uri() == "tcp://b:1/amps"
    assert chooser.get_current_authenticator() is None
    chooser.report_success({})
    assert chooser.get_current_uri() == "tcp://b:1/amps"
    chooser.next()
    assert chooser.get_current_uri() == "tcp://a:1/amps"
    chooser.remove("tcp://a:1/amps")
    assert chooser.get_current_uri() == "tcp://b:1/amps"
    assert isinstance(chooser.get_error(), str)
    assert AMPS.DefaultServerChooser().get_current_uri() == ""


def test_subclass_of_the_default_chooser(broker):
    """Methods a subclass overrides are called."""
    asked = []

    class Mine(AMPS.DefaultServerChooser):
        def get_current_uri(self):
            asked.append(1)
            return super().get_current_uri()

    with AMPS.HAClient(no_store=True) as client:
        client.set_server_chooser(Mine().add(broker.uri("json")))
        client.connect_and_logon()
    assert asked


def test_failover_and_resubscription():
    """PY-226 PY-277: subscriptions and streams go on at the next server."""
    first, second = Broker().start(), Broker().start()
    states, got = [], Collector()
    with AMPS.HAClient(no_store=True) as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(first.uri("json")).add(second.uri("json")))
        client.set_reconnect_delay(1)
        client.add_connection_state_listener(states.append)
        client.connect_and_logon()
        client.subscribe(got, "topic")
        stream = client.subscribe("topic").timeout(10_000)
        first.stop()
        wait_until(lambda: AMPS.ConnectionStateListener.Resubscribed in states[3:])
        client.publish("topic", "after")
        assert got.wait_for(1)[0].get_data() == "after"
        assert next(stream).get_data() == "after"
    second.stop()
    assert states[0] == AMPS.ConnectionStateListener.Connected
    assert AMPS.ConnectionStateListener.Disconnected in states


def test_states_of_a_recovery():
    """PY-277: each step is announced, in this order; a store that is set is replayed."""
    first, second = Broker().start(), Broker().start()
    names, states = AMPS.ConnectionStateListener, []
    up = [names.Connected, names.LoggedOn, names.HeartbeatInitiated, names.PublishReplayed, names.Resubscribed]
    with AMPS.HAClient(publish_store=PublishStore()) as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(first.uri("json")).add(second.uri("json")))
        client.set_reconnect_delay(1)
        client.set_heartbeat(5)
        client.add_connection_state_listener(states.append)
        client.connect_and_logon()
        assert states == up
        first.stop()
        wait_until(lambda: states.count(names.Resubscribed) == 2)
        assert states == [*up, names.Disconnected, *up]
    assert states == [*up, names.Disconnected, *up, names.Disconnected, names.Shutdown]
    second.stop()


def test_disconnect_stops_the_loop():
    """PY-096: from another thread, at once."""
    client = AMPS.HAClient(no_store=True)
    client.set_server_chooser(AMPS.DefaultServerChooser().add(NOWHERE))
    client.set_reconnect_delay(10)
    raised = []

    def connect():
        try:
            client.connect_and_logon()
        except AMPS.AMPSException as error:
            raised.append(error)

    tried = threading.Event()
    client.set_reconnect_delay_strategy(Delay(5, tried))
    thread = threading.Thread(target=connect)
    thread.start()
    assert tried.wait(10)
    client.disconnect()
    thread.join(10)
    assert not thread.is_alive()
    assert isinstance(raised[0], AMPS.DisconnectedException)


class Delay:
    """A delay strategy as programs write it."""

    def __init__(self, wait_ms, asked):
        self.wait_ms = wait_ms
        self.asked = asked
        self.resets = 0

    def get_connect_wait_duration(self, uri):
        assert uri
        self.asked.set()
        return self.wait_ms

    def reset(self):
        self.resets += 1


def test_python_delay_strategy(broker):
    """PY-271: asked before each attempt, reset after success."""
    delay = Delay(1, threading.Event())
    with AMPS.HAClient(no_store=True) as client:
        client.set_reconnect_delay_strategy(delay)
        assert client.get_reconnect_delay_strategy() is delay
        client.set_server_chooser(Chooser(NOWHERE, broker.uri("json")))
        client.connect_and_logon()
    assert delay.asked.is_set()
    assert delay.resets == 1


def test_delay_strategies():
    """PY-268 PY-269 PY-270 PY-331"""
    fixed = AMPS.FixedDelayStrategy(100)
    assert fixed.get_connect_wait_duration("a") in (0, 100)
    assert fixed.get_connect_wait_duration("a") == 100
    assert fixed.set_initial_delay(50) is fixed
    growing = AMPS.ExponentialDelayStrategy(200, 1000, 2.0, jitter=0.0)
    assert [growing.get_connect_wait_duration("a") for _ in range(5)] == [0, 200, 400, 800, 1000]
    growing.reset()
    assert growing.get_connect_wait_duration("a") == 0
    growing.set_initial_delay(1).set_maximum_delay(2).set_backoff_exponent(3.0).set_jitter(0.0)
    growing.set_maximum_retry_time(1)
    with pytest.raises(AMPS.ReconnectMaximumExceededException):
        for _ in range(1000):
            growing.get_connect_wait_duration("a")
            time.sleep(0.001)


def test_time_limit():
    """PY-098: of the whole loop."""
    with AMPS.HAClient(no_store=True) as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(NOWHERE))
        client.set_reconnect_delay(1)
        client.set_timeout(100)
        assert client.get_timeout() == 100
        with pytest.raises(AMPS.AMPSException):
            client.connect_and_logon()


def test_guarded_methods(broker):
    """PY-095: helpful, once a chooser is set."""
    with AMPS.HAClient(no_store=True) as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        with pytest.raises(AMPS.UsageException, match="connect_and_logon"):
            client.connect(broker.uri("json"))
        with pytest.raises(AMPS.UsageException, match="connect_and_logon"):
            client.logon()


def test_settings(broker):
    """PY-097 PY-099 PY-100 PY-101 PY-102 PY-103 PY-108"""
    client = AMPS.HAClient("settings")
    assert isinstance(client.get_reconnect_delay_strategy(), AMPS.ExponentialDelayStrategy)
    client.set_reconnect_delay(300)
    assert client.get_reconnect_delay() == 300
    client.set_logon_options("ack_conflation=100ms")
    assert client.get_logon_options() == "ack_conflation=100ms"
    client.set_resubscription_timeout(500)
    assert client.get_resubscription_timeout() == 500
    AMPS.HAClient.set_default_resubscription_timeout(700)
    assert AMPS.HAClient().get_resubscription_timeout() == 700
    AMPS.HAClient.set_default_resubscription_timeout(0)
    assert client.get_most_recent("x") == "0"
    client.set_failed_resubscribe_handler(lambda command, acks, error: True)
    client.set_failed_resubscribe_handler(None)
    with pytest.raises(AMPS.UsageException):
        AMPS.HAClient(no_store=True, publish_store=object())
    assert isinstance(client, AMPS.Client)


def test_a_subscription_that_the_next_server_refuses_is_judged(tmp_path):
    """PY-104: True forgets it and goes on; the command, its acks and the error are shown."""
    seen = []

    def judge(command, acks, error):
        seen.append((command.get_topic(), command.get_sub_id(), acks, type(error)))
        return True

    with Broker(journal=tmp_path) as logs, Broker() as logs_not, AMPS.HAClient() as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add_all([logs.uri("json"), logs_not.uri("json")]))
        client.set_reconnect_delay(1)
        client.set_failed_resubscribe_handler(judge)
        client.connect_and_logon()
        got = Collector()
        client.bookmark_subscribe(lambda message: None, "t", "0", sub_id="replay")
        client.subscribe(got, "t")
        logs.stop()
        wait_until(lambda: seen == [("t", "replay", 0, AMPS.InvalidTopicException)])
        client.publish("t", "the others stay")
        assert got.wait_for(1)[0].get_data() == "the others stay"


def test_disconnect_handler_replaces_failover():
    """PY-105"""
    lost = []
    with Broker() as broker, AMPS.HAClient(no_store=True) as client:
        client.set_server_chooser(AMPS.DefaultServerChooser().add(broker.uri("json")))
        client.set_disconnect_handler(lost.append)
        client.connect_and_logon()
        broker.stop()
        wait_until(lambda: lost == [client])


class BookmarkStore:
    """A bookmark store as programs write it."""

    def __init__(self):
        self.calls = []

    def log(self, message):
        self.calls.append("log")
        return len(self.calls)

    def is_discarded(self, message):
        return False

    def discard_message(self, message):
        self.calls.append("discard")

    def discard(self, sub_id, sequence):
        self.calls.append(("discard", sub_id, sequence))

    def get_most_recent(self, sub_id):
        self.calls.append(("most recent", sub_id))
        return "0"

    def persisted(self, sub_id, bookmark):
        self.calls.append("persisted")

    def set_server_version(self, version):
        self.calls.append(("version", version))


class PublishStore:
    """A publish store as programs write it."""

    def __init__(self):
        self.messages = {}
        self.sequence = 0

    def store(self, message):
        self.sequence += 1
        self.messages[self.sequence] = message.copy()
        return self.sequence

    def discard_up_to(self, sequence):
        for number in [number for number in self.messages if number <= sequence]:
            del self.messages[number]

    def replay(self, replayer):
        for message in list(self.messages.values()):
            replayer(message)

    def replay_single(self, replayer, sequence):
        if sequence in self.messages:
            replayer(self.messages[sequence])

    def unpersisted_count(self):
        return len(self.messages)

    def flush(self, timeout=0):
        pass

    def get_lowest_unpersisted(self):
        return min(self.messages, default=0)

    def get_last_persisted(self):
        return self.sequence - len(self.messages)


def test_python_bookmark_store(broker):
    """PY-077 PY-107 PY-244 PY-248: any object with the methods."""
    store = BookmarkStore()
    client = AMPS.Client()
    client.set_bookmark_store(store)
    assert client.get_bookmark_store() is store
    client.connect(broker.uri("json"))
    client.logon(10_000)
    client.close()
    ha_client = AMPS.HAClient(bookmark_store=store)
    assert ha_client.get_most_recent("x") == "0"
    ha_client.discard("x", 5)
    assert ("discard", "x", 5) in store.calls
    with pytest.raises(TypeError, match="is_discarded"):
        client.set_bookmark_store(object())


def test_python_publish_store(broker, topic):
    """PY-078 PY-231: publishes get their numbers from it; persisted ones leave it."""
    store, got = PublishStore(), Collector()
    client = AMPS.Client()
    client.set_publish_store(store)
    assert client.get_publish_store() is store
    client.connect(broker.uri("json"))
    client.logon(10_000)
    client.subscribe(got, topic)
    assert client.publish(topic, "a") == 1
    assert client.publish(topic, "b") == 2
    got.wait_for(2)
    client.close()
    with pytest.raises(TypeError):
        client.set_publish_store(object())


def test_exceptions_of_a_publish_store_reach_the_publisher(broker):
    """3.1"""
    error = OSError("disk full")

    class Failing(PublishStore):
        def store(self, message):
            raise error

    client = AMPS.Client()
    client.set_publish_store(Failing())
    client.connect(broker.uri("json"))
    client.logon(10_000)
    with pytest.raises(OSError, match="disk full") as raised:
        client.publish("t", "x")
    assert raised.value is error
    client.close()
