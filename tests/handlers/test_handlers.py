# SPDX-License-Identifier: Apache-2.0
"""The sample handlers, built outside the tree by the README's command from what the package installed."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from raw_peer import FakeServer

import pyamps
from pyamps import config, native
from pyamps.testing import Broker, Collector, logged_on, wait_until

TREE = Path(__file__).resolve().parents[2] / "handlers"
INSTALLED = Path(config.get_handlers_dir())
SAMPLES = sorted(path.stem for path in TREE.glob("*.cpp"))
LINES_MAX = 120


class Totals(ctypes.Structure):
    _fields_ = [("messages", ctypes.c_uint64), ("bytes", ctypes.c_uint64)]


class Latency(ctypes.Structure):
    _fields_ = [
        *[(name, ctypes.c_uint64) for name in ("count", "without_time", "sum_ns", "min_ns", "max_ns")],
        ("histogram", ctypes.c_uint64 * 64),
    ]


class JsonSum(ctypes.Structure):
    _fields_ = [
        ("field", ctypes.c_char_p),
        ("sum", ctypes.c_double),
        ("count", ctypes.c_uint64),
        ("missing", ctypes.c_uint64),
    ]


class ForwardTarget(ctypes.Structure):
    _fields_ = [
        ("client", ctypes.c_void_p),
        ("topic", ctypes.c_char_p),
        ("forwarded", ctypes.c_uint64),
        ("failed", ctypes.c_uint64),
    ]


@pytest.fixture(scope="module")
def broker():
    with Broker() as running:
        yield running


@pytest.fixture
def client(broker):
    with logged_on(broker) as connected:
        yield connected


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Builds a sample as its README says, in a folder that holds nothing else."""
    commands = [line for line in (INSTALLED / "README.md").read_text().splitlines() if line.startswith("g++")]
    assert len(commands) == 1, "the README gives one command"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def build_sample(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        shutil.copy(INSTALLED / f"{name}.cpp", folder)
        command = re.sub(r"\bcount\b", name, commands[0]).replace("libcount", f"lib{name}")
        command = command.replace("g++", "g++ -Wall -Wextra -Werror")
        subprocess.run(["bash", "-ec", command], cwd=folder, env={**os.environ, "PATH": path}, check=True)
        return folder / f"lib{name}.so"

    return build_sample


@pytest.fixture(scope="module")
def library(build):
    return {name: ctypes.CDLL(str(build(name))) for name in SAMPLES}


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_installed_listed_and_short(name):
    source = (TREE / f"{name}.cpp").read_text()
    assert (INSTALLED / f"{name}.cpp").read_text() == source
    assert source.count("\n") <= LINES_MAX
    assert f"| `{name}.cpp` |" in (TREE / "README.md").read_text()


def test_count(library, client):
    totals = Totals()
    client.subscribe(pyamps.CMessageHandler(library["count"].count, ctypes.byref(totals)), "count")
    for body in ("", "four", "zero\0byte"):
        client.publish("count", body)
    wait_until(lambda: totals.messages == 3)
    assert totals.bytes == 13


def test_latency(library, client):
    results = Latency()
    client.subscribe(pyamps.CMessageHandler(library["latency"].latency, ctypes.byref(results)), "latency")
    before = time.monotonic_ns()
    for _ in range(10):
        client.publish("latency", f"{time.monotonic_ns()} and more")
    client.publish("latency", "no time")
    client.publish("latency", str(time.monotonic_ns() + 10**15))  # Not made yet: another clock.
    wait_until(lambda: results.count + results.without_time == 12)
    elapsed = time.monotonic_ns() - before
    assert (results.count, results.without_time, sum(results.histogram)) == (10, 2, 10)
    assert 0 < results.min_ns <= results.sum_ns / 10 <= results.max_ns <= elapsed
    assert results.histogram[results.max_ns.bit_length() - 1] > 0


def test_json_sum(library, client):
    state = JsonSum(field=b"price")
    client.subscribe(pyamps.CMessageHandler(library["json_sum"].json_sum, ctypes.byref(state)), "json_sum")
    with_price = ['{"price":1}', '{"id":"price", "price" : -2.5e1 }', '{"inner":{"price":7},"price":100}']
    without = ['{"inner":{"price":7}}', '{"price":"1"}', '{"a\\"price":1}', "[]", "", '{"price"', '{"price":1x}', "é"]
    for body in with_price + without:
        client.publish("json_sum", body)
    wait_until(lambda: state.count + state.missing == len(with_price) + len(without))
    assert (state.count, state.missing, state.sum) == (3, len(without), 76.0)


def test_forward(library, broker, client):
    got = Collector()
    client.subscribe(got, "forwarded")
    with logged_on(broker) as publishing:
        target = ForwardTarget(publishing._as_parameter_, b"forwarded")
        handler = pyamps.CMessageHandler(library["forward"].forward, ctypes.byref(target))
        client.subscribe(handler, "forward")
        client.publish("forward", b"zero\0byte")
        assert got.wait_for(1)[0].get_data_raw() == b"zero\0byte"
        wait_until(lambda: target.forwarded == 1)
        publishing.close()
        client.publish("forward", "into a closed client")
        wait_until(lambda: target.failed == 1)
    client.flush(10_000)  # The exception stayed in the handler.

    itself = ForwardTarget(client._as_parameter_, b"forwarded")
    client.subscribe(pyamps.CMessageHandler(library["forward"].forward, ctypes.byref(itself)), "forward/self")
    client.publish("forward/self", "through the receiving client")
    assert got.wait_for(2)[1].get_data() == "through the receiving client"


def test_publishers(library, client):
    publishers = library["publishers"]
    publishers.publish_error.restype = ctypes.c_char_p
    got = Collector()
    client.subscribe(got, "publishers")
    vector = (ctypes.c_char_p * 3)(b"three", None, b"four")
    assert publishers.publish_message(client, b"publishers", b"one") == 0
    assert publishers.publish_data(client, b"publishers", b"two") == 0
    assert publishers.vector_publish(client, b"publishers", vector, len(vector)) == 0
    assert [message.get_data() for message in got.wait_for(4)] == ["one", "two", "three", "four"]
    assert publishers.publish_message(client, None, b"nowhere") == 0
    client.close()
    assert publishers.publish_message(client, b"publishers", b"late") != 0
    assert b"connect" in publishers.publish_error()


def test_chooser_goes_to_the_next_server(library, broker):
    with FakeServer(lambda _: None) as gone:
        refusing = gone.uri
    configure = native.load(library["configure"]._name)
    with pyamps.HAClient("chooser", no_store=True) as client:
        assert configure.install_server_chooser(client, f"{refusing} {broker.uri('json')}") == 0
        client.set_reconnect_delay(1)
        client.set_timeout(10_000)
        client.connect_and_logon()
        assert client.get_uri() == broker.uri("json")
        assert configure.install_server_chooser(pyamps.Client("plain"), "") != 0


def test_manager_and_store_bring_a_client_back(library):
    """E-10 CPP-206 CPP-202: subscriptions are placed again in order, replays resume at the newest bookmark."""
    resubscribed: list[dict] = []

    def serve(connection):
        connection.accept_logon()
        is_second = bool(connections)
        connections.append(connection)
        if is_second:
            for sub_id in ("replay", "plain"):
                resubscribed.append(connection.answer(lambda header, wanted=sub_id: header.get("sub_id") == wanted))
            connection.answer_forever()
        for sub_id in ("replay", "gone", "plain"):
            connection.answer(lambda header, wanted=sub_id: header.get("sub_id") == wanted)
        connection.answer(lambda header: header["c"] == "unsubscribe")
        for bookmark in ("7|1|", "7|2|"):
            connection.send_frame(b"{}", c="p", t="orders", sids="replay", bm=bookmark)

    connections: list = []
    got = Collector()
    command = pyamps.Command("subscribe")
    with FakeServer(serve) as server, pyamps.HAClient("configured", no_store=True) as client:
        assert library["configure"].configure_client(client) == 0
        assert library["configure"].install_server_chooser(client, server.uri.encode()) == 0
        client.set_reconnect_delay(1)
        client.connect_and_logon()
        client.execute_async(command.set_topic("orders").set_sub_id("replay").set_bookmark("recent"), got)
        client.execute_async(pyamps.Command("subscribe").set_topic("gone").set_sub_id("gone"), got)
        client.execute_async(pyamps.Command("subscribe").set_topic("plain").set_sub_id("plain"), got)
        client.unsubscribe("gone")
        wait_until(lambda: len(resubscribed) == 2)
    assert [(header["sub_id"], header["t"], header.get("bm")) for header in resubscribed] == [
        ("replay", "orders", "7|2|"),
        ("plain", "plain", None),
    ]
    assert [message.get_bookmark() for message in got.messages] == ["7|1|", "7|2|"]
