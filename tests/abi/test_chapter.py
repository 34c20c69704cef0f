# SPDX-License-Identifier: Apache-2.0
"""The chapter's functions, letter by letter: each compiler and standard builds them, ctypes calls them."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import pyamps as AMPS
from pyamps import config
from pyamps.testing import Broker, Collector, logged_on, wait_until

SOURCE = Path(__file__).with_name("chapter.cpp")
# `if (&client …)` is the chapter's; compilers know that a reference is never null.
SILENCED = {"g++": ["-Wno-address", "-Wno-nonnull-compare"], "clang++": ["-Wno-undefined-bool-conversion"]}


class Received(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("text", ctypes.c_char * 240)]


@pytest.fixture(scope="module")
def broker():
    with Broker() as running:
        yield running


@pytest.fixture
def client(broker):
    with logged_on(broker) as connected:
        yield connected


@pytest.fixture(
    scope="module",
    params=[(compiler, standard) for compiler in SILENCED for standard in ("c++11", "c++14", "c++17", "c++20")],
    ids="-".join,
)
def chapter(request, tmp_path_factory):
    compiler, standard = request.param
    assert shutil.which(compiler), f"{compiler} is not installed; tools/packages-test.txt has it"
    library = tmp_path_factory.mktemp("chapter") / "module.so"
    strict = ["-O2", "-Wall", "-Wextra", "-Werror", *SILENCED[compiler]]
    command = [compiler, f"-std={standard}", "-shared", "-fPIC", *strict, *config.get_compile_args(), SOURCE]
    subprocess.run([*command, *config.get_link_args(), "-o", library], check=True)
    return ctypes.CDLL(str(library))


def test_my_message_handler(chapter, client):
    """E-01 E-02 E-03 E-18 CPP-115: the function goes wherever a handler goes; userdata comes with each call."""
    received = Received()
    handler = AMPS.CMessageHandler(chapter.my_message_handler, ctypes.byref(received))
    client.subscribe(handler, "chapter/subscribed")
    client.publish("chapter/subscribed", "one, ")
    client.flush(10_000)
    wait_until(lambda: received.size == len("one, "))

    client.execute_async(AMPS.Command("subscribe").set_topic("chapter/nobody"), None)
    client.set_last_chance_message_handler(handler)
    client.publish("chapter/nobody", "two")
    wait_until(lambda: received.size == len("one, two"))
    assert received.text == b"one, two"


@pytest.mark.parametrize("name", ["publish_data", "publish_message"])
def test_publish(chapter, client, name):
    """E-06 E-07 E-09 E-13 E-14 CPP-154 CPP-337: publishes through the client it is given; null text does nothing."""
    got = Collector()
    client.subscribe(got, f"chapter/{name}")
    publish = getattr(chapter, name)
    publish(client, f"chapter/{name}".encode(), None)
    publish(client, None, b"some_data")
    publish(client, f"chapter/{name}".encode(), b"some_data")
    client.flush(10_000)
    assert [message.get_data() for message in got.wait_for(1)] == ["some_data"]


def test_publish_survives_its_exceptions(chapter):
    """E-12 E-13: AMPS::Exception catches what a client without a connection throws."""
    with AMPS.Client("not connected") as client:
        chapter.publish_message(client, b"chapter", b"data")
        chapter.vector_publish(client, b"chapter", (ctypes.c_char_p * 1)(b"data"), 1)


def test_vector_publish(chapter, client):
    """E-07: a const char ** as the chapter makes it, one message an entry, in order."""
    got = Collector()
    client.subscribe(got, "chapter/vector")
    texts = [f'{{"data":{number}}}' for number in range(100)]
    param = (ctypes.c_char_p * len(texts))()
    param[:] = [text.encode() for text in texts]
    chapter.vector_publish(client, b"chapter/vector", param, len(param))
    assert [message.get_data() for message in got.wait_for(100)] == texts


def test_configure_client(chapter):
    """E-07 E-09: an ordinary client on the C++ side; Python sees what was done to it."""
    with AMPS.Client("as made") as client:
        chapter.configure_client(client)
        assert client.get_name() == "configured"


def test_install_server_chooser(chapter, broker, monkeypatch):
    """E-08 CPP-226 CPP-235 CPP-337: an AMPS::HAClient connects by a chooser that C++ installed."""
    monkeypatch.setitem(os.environ, "CHAPTER_SERVER", broker.uri("json"))
    got = Collector()
    with AMPS.HAClient("chapter", no_store=True) as client:
        chapter.install_server_chooser(client)
        client.set_timeout(10_000)
        client.connect_and_logon()
        client.subscribe(got, "chapter/chosen")
        chapter.publish_data(client, b"chapter/chosen", b"through the chooser")
        assert got.wait_for(1)[0].get_data() == "through the chooser"
