# SPDX-License-Identifier: Apache-2.0
"""Statistics over HTTP, and log files. Names carry the rows of the scoreboard."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pytest
from raw_session import RawSession

import pyamps


def get(uri, method="GET", **headers):
    request = urllib.request.Request(uri, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def status(uri, method="GET", **headers):
    try:
        get(uri, method, **headers)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_MON_01_MON_02_MON_03_MON_04_the_tree(serve):
    broker = serve(sow={"orders": "/id"}, views={"n": {"source": "orders", "projection": ["/id"], "grouping": "/id"}},
                   admin=True)  # fmt: skip
    client = RawSession(broker, "ann")
    client.ask("p", '{"id":1}', t="orders")
    client.ask("subscribe", t="orders", sub_id="mine", filter="/id > 0")
    instance = json.loads(get(f"{broker.admin_uri}/amps/instance.json"))["amps"]["instance"]
    assert [row["client_name"] for row in instance["clients"]] == [client.logon["client_name"]]
    assert [(row["sub_id"], row["filter"]) for row in instance["subscriptions"]] == [("mine", "/id > 0")]
    assert [(row["topic"], row["valid_keys"]) for row in instance["sow"]] == [("orders", "1")]
    assert int(instance["sow"][0]["memory_bytes"]) > 0
    assert [row["underlying_topic"] for row in instance["views"]] == ["orders"]
    assert [row["is_enabled"] for row in instance["transports"]] == ["true"]
    assert get(f"{broker.admin_uri}/amps/instance/sow/1/topic") == "orders\n"
    assert 'amps_topic_records{topic="orders",message_type="json"} 1\n' in get(f"{broker.admin_uri}/metrics")


def test_MON_12_statistics_without_http(serve):
    broker = serve()
    client = RawSession(broker, "ann")
    client.ask("p", "{}", t="t")
    assert (broker.statistics["logons"], broker.statistics["messages_in"]) == (1, 1)


def test_REL_37_reading_changes_nothing_and_other_hosts_read_nothing(serve):
    broker = serve(admin=True)
    client = RawSession(broker, "ann")
    action = f"{broker.admin_uri}/amps/administrator/clients/1/disconnect"
    assert status(action) == status(action, "POST") == 403
    assert status(f"{broker.admin_uri}/amps/instance", Host="evil.example") == 421
    assert status(f"{broker.admin_uri}/nothing") == 404
    assert client.settle() == []


def test_REL_37_slow_clients_of_http_do_not_hold_up_messages(serve):
    broker = serve(admin=True)
    port = int(broker.admin_uri.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    for one in slow:
        one.sendall(b"GET /amps")
    client = RawSession(broker, "ann")
    for _ in range(100):
        assert client.ask("p", "{}", t="t")["status"] == "success"
    for one in slow:
        one.close()


def test_MON_10_CON_23_SEC_15_actions_with_the_token(tmp_path):
    token = tmp_path / "token"
    token.write_text("open sesame\n")
    xml = f"""<AMPSConfig>
      <Transports><Transport><Name>first</Name><Type>tcp</Type><InetAddr>127.0.0.1:0</InetAddr></Transport>
        <Transport><Name>second</Name><Type>tcp</Type><InetAddr>127.0.0.1:{_free_port()}</InetAddr>
          <InitialState>disabled</InitialState></Transport></Transports>
      <Admin><InetAddr>127.0.0.1:0</InetAddr><Actions>enabled</Actions><TokenFile>{token}</TokenFile></Admin>
    </AMPSConfig>"""
    config = tmp_path / "broker.xml"
    config.write_text(xml)
    with pyamps.Broker(config=config) as broker:
        actions, tree = f"{broker.admin_uri}/amps/administrator", f"{broker.admin_uri}/amps/instance"
        bearer = {"Authorization": "Bearer open sesame"}
        client = RawSession(broker, "ann")
        assert status(f"{actions}/clients/1/disconnect", "POST") == 401
        assert status(f"{actions}/clients/1/disconnect", "POST", **bearer) == 200
        assert client.receive() is None
        assert get(f"{tree}/transports/1/is_enabled") == "false\n"
        port = int(get(f"{tree}/transports/1/address").rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        assert status(f"{actions}/transports/1/enable", "POST", **bearer) == 200
        while get(f"{tree}/transports/1/is_enabled") == "false\n":
            pass
        socket.create_connection(("127.0.0.1", port)).close()
        client = RawSession(broker, "ann")
        assert status(f"{actions}/authorization/entitlement/reset", "POST", **bearer) == 200
        assert client.settle() == []  # Nobody was asked what it may do.


def test_SEC_15_a_reset_makes_those_with_given_rights_log_on_anew(tmp_path):
    (tmp_path / "token").write_text("open sesame\n")
    (tmp_path / "rights").write_text('{"users":[{"logon":true,"topic":[{"topic":"t","read":true}]}]}')
    config = tmp_path / "broker.xml"
    config.write_text(f"""<AMPSConfig>
      <Entitlement><Module>amps-rights-file-entitlement-module</Module>
        <Options><FileName>{tmp_path / "rights"}</FileName></Options></Entitlement>
      <Admin><InetAddr>127.0.0.1:0</InetAddr><Actions>enabled</Actions>
        <TokenFile>{tmp_path / "token"}</TokenFile></Admin>
    </AMPSConfig>""")
    with pyamps.Broker(config=config) as broker:
        client = RawSession(broker, "ann")
        reset = f"{broker.admin_uri}/amps/administrator/authorization/entitlement/reset"
        assert status(reset, "POST", Authorization="Bearer open sesame") == 200
        assert client.receive() is None


def test_MON_02_a_slash_at_the_end_changes_nothing(serve):
    broker = serve(admin=True)
    client = RawSession(broker, "ann")
    assert client.ask("subscribe", t="t", sub_id="s")["status"] == "success"
    for path in ("/amps", "/amps/", "/amps/instance", "/amps/instance/", "/amps/instance/subscriptions/"):
        assert '"sub_id":"s"' in get(f"{broker.admin_uri}{path}").replace(" ", ""), path


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_LOG_01_log_files_say_what_happened_and_no_password(tmp_path):
    log = tmp_path / "broker.log"
    broker = pyamps.Broker()
    broker.configure(
        f"<AMPSConfig><Logging><Target><Protocol>file</Protocol><FileName>{log}</FileName>"
        "<Level>info</Level></Target></Logging></AMPSConfig>"
    )
    with broker:
        RawSession(broker, "ann", "secret")
    text = log.read_text()
    assert "listens on" in text
    assert "logged on as json" in text
    assert "secret" not in text


def test_TOP_16_counts_of_records_are_told(serve):
    broker = pyamps.Broker(sow={"orders": "/id"}, clock="manual")
    broker.configure("<AMPSConfig><SOWStatsInterval>5s</SOWStatsInterval></AMPSConfig>")
    with broker:
        client = RawSession(broker, "ann")
        client.ask("p", '{"id":1}', t="orders")
        client.ask("subscribe", t="/AMPS/SOWStats", sub_id="s")
        assert client.settle() == []
        broker.advance(5)
        frame = client.receive()
        assert json.loads(frame.body)["SOWStats"]["record_count"] == 1
