# SPDX-License-Identifier: Apache-2.0
"""The embedded broker as an object: starting, stopping, wrong arguments."""

from __future__ import annotations

import threading

import pytest

import pyamps
from pyamps.testing import logged_on


def test_a_started_broker_may_be_entered():
    broker = pyamps.Broker().start()
    uri = broker.uri("json")
    with broker as entered, logged_on(broker) as client:
        assert entered is broker
        assert broker.uri("json") == uri
        client.flush(10_000)
    assert not broker.is_running()


MINIMAL = """
<AMPSConfig>
  <Name>dev-1</Name>
  <Transports>
    <Transport><Name>any-tcp</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr><Protocol>amps</Protocol></Transport>
  </Transports>
</AMPSConfig>
"""


def test_CFG_01_EMB_02_the_minimal_configuration_serves(tmp_path):
    path = tmp_path / "minimal.xml"
    path.write_text(MINIMAL)
    with pyamps.Broker(config=path) as broker, logged_on(broker, message_type="nvfix") as client:
        stream = client.subscribe("t")
        client.publish("t", "a=1\x01")
        assert next(stream).get_data() == "a=1\x01"


def test_a_stopped_broker_says_so():
    broker = pyamps.Broker()
    for ask in (broker.uri, lambda: broker.port):
        with pytest.raises(LookupError, match="not running"):
            ask()
    with broker, pytest.raises(LookupError, match="no tcps transport for 'json'"):
        broker.uri("json", transport="tcps")


def test_arguments_are_checked_before_the_start():
    for wrong, error in (
        ({"log": "no function"}, TypeError),
        ({"authenticate": 1}, TypeError),
        ({"entitle": 1}, TypeError),
        ({"logon_timeout_ms": -1}, ValueError),
        ({"no_such_limit": 1}, TypeError),
    ):
        with pytest.raises(error, match=next(iter(wrong))):
            pyamps.Broker(**wrong)


def test_one_message_type_needs_no_list():
    with pyamps.Broker(message_types="json") as broker:
        assert [row["message_type"] for row in broker.addresses] == ["json"]


def test_callbacks_may_ask_the_broker_while_others_do():
    """A log function is told while the broker starts and stops; it and other threads ask it meanwhile."""
    asked, over = [], threading.Event()

    def ask():
        while not over.is_set():
            asked.append(broker.is_running())

    def on_log(level, line):
        asked.append((broker.is_running(), len(broker.addresses)))

    broker = pyamps.Broker(log=on_log, authenticate=lambda *who: broker.is_running())
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    for _ in range(3):
        with broker.start(), logged_on(broker) as client:
            client.flush(10_000)
            assert broker.statistics["connections"] == 1
    over.set()
    asking.join(10)
    assert not asking.is_alive()
    assert (True, 1) in asked
