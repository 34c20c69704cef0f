# SPDX-License-Identifier: Apache-2.0
"""Clients as arguments of native functions, plain and checked."""

from __future__ import annotations

import ctypes
import json

import pytest

import pyamps as AMPS
from pyamps import native
from pyamps.testing import Broker, Collector, wait_until


def test_client_is_a_pointer(client):
    """PY-020 PY-110 PY-183: a c_void_p, the same address for life."""
    pointer = client._as_parameter_
    assert isinstance(pointer, ctypes.c_void_p)
    assert pointer.value == client._as_parameter_.value
    assert AMPS.Message()._as_parameter_.value


def test_publishes_from_cpp(samples, client, topic):
    """ADV-08 ADV-10 ADV-16: an ordinary client in C++; text as bytes."""
    got = Collector()
    client.subscribe(got, topic)
    samples.publish_data(client, topic.encode(), b'{"id": 1}')
    assert got.wait_for(1)[0].get_data() == '{"id": 1}'


def test_any_position(samples, client, topic):
    """ADV-09: the client as second argument."""
    got = Collector()
    client.subscribe(got, topic)
    samples.publish_second(topic.encode(), client, b"x")
    got.wait_for(1)


def test_vector_publish(samples, client, topic):
    """ADV-17 ADV-18: an array of char *; the loop runs in C++."""
    got = Collector()
    client.subscribe(got, topic)
    data = [{"data": n, "string_data": "string_data"} for n in range(500)]
    vector = [json.dumps(row).encode() for row in data]
    param = (ctypes.c_char_p * len(vector))()
    param[:] = vector
    samples.vector_publish(client, topic.encode(), param, len(param))
    assert [message.get_json() for message in got.wait_for(500)] == data


def test_configured_by_cpp(samples, client, topic):
    """ADV-08 ADV-19: handlers set from C++ and from Python replace each other."""
    got = Collector()
    client.execute_async(AMPS.Command("subscribe").set_topic(topic), None)
    client.set_last_chance_message_handler(got)
    samples.configure_client(client)
    before = samples.counted()
    client.publish(topic, "x")
    wait_until(lambda: samples.counted() == before + 1)
    client.set_last_chance_message_handler(got)
    client.publish(topic, "y")
    assert got.wait_for(1)[0].get_data() == "y"


def test_ha_client(samples, broker, topic):
    """ADV-11 ADV-12 ADV-19: a chooser in C++; an HAClient where a Client is expected."""
    with AMPS.HAClient(no_store=True) as client:
        samples.install_server_chooser(client, broker.uri("json").encode())
        client.set_timeout(10_000)
        client.connect_and_logon()
        got = Collector()
        client.subscribe(got, topic)
        samples.publish_data(client, topic.encode(), b"x")
        got.wait_for(1)


def test_closed_clients_are_valid(samples, client):
    """ADV-15: an exception in C++, no crash."""
    client.close()
    text = ctypes.create_string_buffer(200)
    assert samples.try_publish(client, b"topic", text, len(text)) == 1
    assert text.value
    assert samples.try_publish(AMPS.Client(), b"topic", text, len(text)) == 1
    client.close()


def test_argtypes_of_plain_ctypes(samples, client, topic):
    """7.3: argtypes with c_void_p use _as_parameter_."""
    got = Collector()
    client.subscribe(got, topic)
    function = ctypes.CDLL(samples._name).publish_data
    function.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
    function(client, topic.encode(), b"x")
    got.wait_for(1)


@pytest.fixture
def checked(samples_path):
    library = native.load(samples_path)
    library.declare("publish_data", [native.ClientRef, native.Utf8, native.Utf8])
    library.declare("vector_publish", [native.ClientRef, native.Utf8, native.Utf8Array, ctypes.c_size_t])
    library.declare("install_server_chooser", [native.HAClientRef, native.Utf8])
    return library


def test_checked_calls(checked, client, topic):
    """native: str, bytes, sequences and arrays are passed as they should be."""
    got = Collector()
    client.subscribe(got, topic)
    checked.publish_data(client, topic, "grün")
    checked.publish_data(client, topic.encode(), b"bytes")
    checked.vector_publish(client, topic, ["a", b"b"], 2)
    array = (ctypes.c_char_p * 1)(b"c")
    checked.vector_publish(client, topic, array, 1)
    assert [message.get_data() for message in got.wait_for(5)] == ["grün", "bytes", "a", "b", "c"]


@pytest.mark.parametrize("client", [None, 5, "client", b"client", object(), AMPS.Client, AMPS.Message()])
def test_wrong_clients(checked, client):
    """native: garbage is a TypeError, never a crash."""
    with pytest.raises(TypeError):
        checked.publish_data(client, "t", "d")
    with pytest.raises(TypeError):
        checked.install_server_chooser(client, "t")


def test_wrong_kind_of_client(checked):
    """ADV-13: with native types even the wrong kind of client is found."""
    with pytest.raises(TypeError, match="expected HAClient, got Client"):
        checked.install_server_chooser(AMPS.Client(), "tcp://localhost:1/amps/json")
    with pytest.raises(TypeError):
        checked.publish_data(AMPS.Client.__new__(AMPS.Client), "t", "d")


@pytest.mark.parametrize("text", [None, 5, object(), ["a"], bytearray(b"x"), "nul\0"])
def test_wrong_text(checked, client, text):
    with pytest.raises(TypeError):
        checked.publish_data(client, "topic", text)
    with pytest.raises(TypeError):
        checked.vector_publish(client, "topic", [text], 1)
    with pytest.raises(TypeError):
        checked.vector_publish(client, "topic", text if text != ["a"] else "ab", 1)


def test_closed_client_in_a_checked_call(checked, client):
    client.close()
    checked.publish_data(client, "topic", "data")


def test_untyped_calls_of_a_loaded_library(samples_path, client, topic):
    """native.load: str becomes char * without argtypes; ints keep their width."""
    library = native.load(samples_path)
    got = Collector()
    client.subscribe(got, topic)
    library.publish_data(client, topic, "x")
    library.vector_publish(client, topic, ["a", "b"], 2)
    assert [message.get_data() for message in got.wait_for(3)] == ["x", "a", "b"]
    client.subscribe(AMPS.CMessageHandler(library.my_message_handler), topic)
    with pytest.raises(AttributeError):
        getattr(library, "no_such_function")  # noqa: B009
    with pytest.raises(OSError, match="no_such_library"):
        native.load("./no_such_library.so")


def test_native_calls_release_the_gil(samples, client, topic):
    """ADV-18: the function waits for what only Python can do."""
    calls = (ctypes.c_uint64 * 1)()

    def in_python(message):
        calls[0] += 1

    client.subscribe(in_python, topic)
    assert samples.publish_and_wait(client, topic.encode(), 100, calls, 30_000) == 1


def test_native_copy_outlives_the_python_object(samples):
    """7.3: nothing breaks when the Python object goes first."""
    with Broker() as broker:
        client = AMPS.Client()
        client.connect(broker.uri("json"))
        client.logon(10_000)
        samples.configure_client(client)
        del client


class DerivedClient(AMPS.Client):
    """Subclasses are clients with the same native object."""


class DerivedHAClient(AMPS.HAClient):
    """The same for the other kind."""


@pytest.mark.parametrize("cls", [AMPS.Client, DerivedClient, AMPS.HAClient, DerivedHAClient])
def test_classes_that_are_clients(samples, checked, broker, topic, cls):
    """ADV-08 ADV-11 ADV-12: Client, HAClient and their subclasses, plain and checked."""
    got = Collector()
    with cls() as client:
        if isinstance(client, AMPS.HAClient):
            checked.install_server_chooser(client, broker.uri("json"))
            client.connect_and_logon()
        else:
            client.connect(broker.uri("json"))
            client.logon(10_000)
        client.subscribe(got, topic)
        samples.publish_data(client, topic.encode(), b"plain")
        checked.publish_data(client, topic, "checked")
        assert [message.get_data() for message in got.wait_for(2)] == ["plain", "checked"]


def test_client_where_an_ha_client_is_wanted(samples):
    """ADV-13: plain ctypes cannot know; this library then reports a failure instead of crashing."""
    client = AMPS.Client()
    text = ctypes.create_string_buffer(200)
    assert samples.try_connect_and_logon(client, text, len(text)) == 1
    assert text.value


def test_exceptions_are_caught_in_the_function(samples, client):
    """ADV-14: the function turns C++ exceptions into what C can return."""
    client.close()
    text = ctypes.create_string_buffer(200)
    assert samples.try_publish(client, b"topic", text, len(text)) == 1
    assert b"connect" in text.value


@pytest.mark.parametrize("arguments", [(None, "t", "d"), ("text", "t", "d"), (5, b"t", b"d"), (object(), "t", "d")])
def test_untyped_calls_without_a_client_are_refused(samples_path, arguments):
    """native.load: where nobody said what a function takes, nothing can be taken for a client."""
    with pytest.raises(TypeError, match="declare"):
        native.load(samples_path).publish_data(*arguments)


@pytest.mark.parametrize("text", [None, 1.5, object(), {}])
def test_untyped_arguments_that_cannot_be_guessed(samples_path, client, text):
    with pytest.raises(TypeError):
        native.load(samples_path).publish_data(client, "topic", text)
