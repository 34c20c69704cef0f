# SPDX-License-Identifier: Apache-2.0
"""REL-35: a password is in no log, error or statistics; what clients write cannot forge log lines."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
import urllib.request

import pytest
from raw_peer import RawPeer

import pyamps

SECRET = "marker-of-a-secret"
CONTROLS = "\r\n\x1b[31m\x07\x9bforged"


class Heard:
    """All that the broker and its clients have told anybody."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, *texts: object) -> None:
        self.texts += [text if isinstance(text, str) else repr(text) for text in texts]

    def failure(self, error: BaseException) -> None:
        self.add(str(error), error, *traceback.format_exception(error))


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def broker(heard):
    def decide(_client_name, user, password):
        return (user, password) == ("me", SECRET)

    levels = {"log": lambda level, line: heard.add(f"{level} {line}"), "authenticate": decide, "admin": True}
    with pyamps.Broker(**levels) as running:
        yield running


def check(broker, heard):
    for path in ("amps.json", "metrics"):
        with urllib.request.urlopen(f"{broker.admin_uri}/{path}", timeout=10) as answer:
            heard.add(answer.read().decode())
    broker.stop()
    assert len(heard.texts) > 5
    assert [text for text in heard.texts if SECRET in text] == []


def test_a_password_that_is_right_is_told_to_nobody(broker, heard):
    with pyamps.Client("watcher") as watcher, pyamps.Client("me") as client:
        for one in (watcher, client):
            one.connect(broker.uri("json", user="me", password=SECRET))
            one.logon(10_000)
        status = watcher.subscribe("/AMPS/ClientStatus")
        with pyamps.Client("third") as third:
            third.connect(broker.uri("json", user="me", password=SECRET))
            third.logon(10_000)
        heard.add(next(status).get_data(), client, client.get_name(), str(client.get_server_version_info()))
        with pytest.raises(pyamps.AMPSException) as caught:
            client.connect(broker.uri("json", user="me", password=SECRET) + "?nonsense=1")
        heard.failure(caught.value)
        heard.add(broker, json.dumps(dict(broker.statistics)))
    check(broker, heard)


def test_a_password_that_is_wrong_is_told_to_nobody(broker, heard):
    uri = broker.uri("json", user="you", password=SECRET)
    with pyamps.Client("you") as client:
        client.connect(uri)
        with pytest.raises(pyamps.AuthenticationException) as caught:
            client.logon(10_000)
        heard.failure(caught.value)
    for bad in (
        uri.replace("tcp:", "nonsense:"),
        uri.replace("127.0.0.1", "127.0.0.1:x"),
        f"{uri}?nonsense=1",
        uri[:-20],
    ):
        with pyamps.Client("bad") as client, pytest.raises(pyamps.AMPSException) as caught:
            client.connect(bad)
        heard.failure(caught.value)
    chooser = pyamps.DefaultServerChooser()
    chooser.add(uri)
    with pyamps.HAClient("again") as client:
        client.set_server_chooser(chooser)
        client.set_reconnect_delay_strategy(pyamps.FixedDelayStrategy(1, 1))
        with pytest.raises(pyamps.AMPSException) as caught:
            client.connect_and_logon()
        heard.failure(caught.value)
        heard.add(chooser, client)
    ping = subprocess.run(
        [sys.executable, "-m", "pyamps", "ping", "--server", uri], capture_output=True, text=True, check=False
    )
    assert ping.returncode != 0
    heard.add(ping.stdout, ping.stderr)
    check(broker, heard)


def test_what_clients_write_cannot_forge_a_line_or_steer_a_terminal(broker, heard):
    port = int(broker.uri("json").split(":")[2].split("/")[0])
    with RawPeer(port) as peer:
        peer.send_frame(c="logon", cid="1", client_name=f"name{CONTROLS}", user_id="me", pw=SECRET, a="processed")
        assert peer.ack("1")["status"] == "failure"
    with RawPeer(port) as peer:
        logon = {"client_name": "name", "user_id": "me", "pw": SECRET, "mt": "json"}
        peer.send_frame(c="logon", cid="1", a="processed", **logon)
        assert peer.ack("1")["status"] == "success"
        peer.send_frame(c="subscribe", cid="2", a="processed", t=f"topic{CONTROLS}", filter=f"/a {CONTROLS}")
        assert peer.ack("2")["status"] == "failure"
        peer.subscribe(f"topic{CONTROLS}", sub_id="mine")
        peer.send_frame(c=f"wrong{CONTROLS}")
        peer.wait_closed(5)
    lines = list(heard.texts)
    assert any("forged" in line for line in lines), lines
    assert [line for line in lines if not line.isprintable()] == []
    check(broker, heard)
