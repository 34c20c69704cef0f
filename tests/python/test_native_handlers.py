# SPDX-License-Identifier: Apache-2.0
"""CMessageHandler: handlers written in C++, called without Python."""

from __future__ import annotations

import copy
import ctypes
import gc
import pickle
import weakref

import pytest
from scripted_server import ScriptedServer

import pyamps as AMPS
from pyamps.testing import wait_until


class Seen(ctypes.Structure):
    """The userdata of the sample `look`."""

    _fields_ = [("count", ctypes.c_uint64)] + [(name, ctypes.c_char * 64) for name in ("topic", "data", "sow_key")]


def counter():
    return (ctypes.c_uint64 * 1)()


def test_counts_messages(samples, client, topic):
    """ADV-01 ADV-05 PY-289 PY-290: loaded with ctypes, passed to subscribe."""
    count = counter()
    client.subscribe(AMPS.CMessageHandler(samples.my_message_handler, count), topic)
    for _ in range(100):
        client.publish(topic, "x")
    wait_until(lambda: count[0] == 100)


@pytest.mark.parametrize("name", ["my_message_handler", "const_handler"])
def test_kinds_of_functions(samples, client, topic, name):
    """ADV-04: both signatures; a library function, a pointer, an address."""
    count = counter()
    function = getattr(samples, name)
    address = ctypes.cast(function, ctypes.c_void_p).value
    prototype = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
    for kind in (function, address, prototype(address)):
        client.subscribe(AMPS.CMessageHandler(kind, count), topic)
    client.publish(topic, "x")
    wait_until(lambda: count[0] == 3)


def test_reads_fields(samples, client, topic):
    """ADV-04 ADV-07: topic, data and key; userdata is a structure of the program."""
    seen = Seen()
    client.subscribe(AMPS.CMessageHandler(samples.look, ctypes.byref(seen)), topic)
    client.publish(topic, '{"id": 1}')
    wait_until(lambda: seen.count == 1)
    assert (seen.topic.decode(), seen.data, seen.sow_key) == (topic, b'{"id": 1}', b"")


def by_message(client, handler):
    message = client.allocate_message()
    message.set_command("subscribe")
    message.set_topic("t")
    client.send(message, handler, 10_000)


def by_route(client, handler):
    client.add_message_handler("mine", handler, "none", True)
    message = client.allocate_message()
    message.set_command("subscribe")
    message.set_topic("t")
    message.set_sub_id("mine")
    client.send(message)


def by_duplicates(client, handler):
    class AllSeen:
        def log(self, message):
            return 1

        def is_discarded(self, message):
            return True

        def get_most_recent(self, sub_id):
            return "0"

        def persisted(self, sub_id, bookmark):
            pass

    uri = client.get_uri()
    client.disconnect()
    client.set_bookmark_store(AllSeen())
    client.connect(uri)
    client.logon(10_000)
    client.set_duplicate_message_handler(handler)
    client.bookmark_subscribe(lambda message: None, "t", "0")


def without_handler(client):
    client.execute_async(AMPS.Command("subscribe").set_topic("t"), None)


# Where a handler goes, and how many messages the scripted server has for it.
PLACES = {
    "subscribe": (lambda client, handler: client.subscribe(handler, "t"), 1),
    "keyword": (lambda client, handler: client.subscribe(topic="t", on_message=handler), 1),
    "delta_subscribe": (lambda client, handler: client.delta_subscribe(handler, "t"), 1),
    "bookmark_subscribe": (lambda client, handler: client.bookmark_subscribe(handler, "t", "0"), 1),
    "sow": (lambda client, handler: client.sow(handler, "t"), 5),
    "sow_and_subscribe": (lambda client, handler: client.sow_and_subscribe(handler, "t"), 7),
    "sow_and_delta_subscribe": (lambda client, handler: client.sow_and_delta_subscribe(handler, "t"), 7),
    "sow_delete": (lambda client, handler: client.sow_delete(handler, "t", "1=1"), 1),
    "sow_delete_by_data": (lambda client, handler: client.sow_delete_by_data(handler, "t", "{}"), 1),
    "sow_delete_by_keys": (lambda client, handler: client.sow_delete_by_keys(handler, "t", ["11"]), 1),
    "execute_async": (
        lambda client, handler: client.execute_async(AMPS.Command("subscribe").set_topic("t"), handler),
        1,
    ),
    "no_resubscribe": (
        lambda client, handler: client.execute_async_no_resubscribe(AMPS.Command("subscribe").set_topic("t"), handler),
        1,
    ),
    "send": (by_message, 1),
    "add_message_handler": (by_route, 1),
    "last chance": (
        lambda client, handler: (client.set_last_chance_message_handler(handler), without_handler(client)),
        1,
    ),
    "unhandled": (
        lambda client, handler: (client.set_unhandled_message_handler(handler), without_handler(client)),
        1,
    ),
    "duplicate": (by_duplicates, 1),
    "command type": (
        lambda client, handler: (
            client.set_global_command_type_message_handler("publish", handler),
            client.subscribe(lambda message: None, "t"),
        ),
        1,
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_called_wherever_a_message_handler_goes(samples, place):
    """ADV-02 ADV-05 PY-290 PY-291: the matrix of 5.1, each place called as often as there are messages."""
    register, expected = PLACES[place]
    count = counter()
    with ScriptedServer() as server, AMPS.Client() as client:
        client.connect(server.uri)
        client.logon(10_000)
        register(client, AMPS.CMessageHandler(samples.my_message_handler, count))
        wait_until(lambda: count[0] >= expected)
        client.flush(10_000)
    assert count[0] == expected


def test_refused_where_something_else_is_called(samples, client):
    """5.1: callbacks that are no message handlers."""
    handler = AMPS.CMessageHandler(samples.my_message_handler, counter())
    for setter in (
        client.set_failed_write_handler, client.set_exception_listener, client.set_disconnect_handler,
        client.add_connection_state_listener, client.set_transport_filter, client.set_thread_created_callback,
        client.deferred_execution,
    ):  # fmt: skip
        with pytest.raises(TypeError):
            setter(handler)
    with pytest.raises(TypeError, match="__init__ was not called"):
        client.subscribe(AMPS.CMessageHandler.__new__(AMPS.CMessageHandler), "t")


def test_is_bound_to_its_process_and_made_once(samples):
    """Addresses mean nothing in another process; the memory of a registered handler stays."""
    handler = AMPS.CMessageHandler(samples.my_message_handler, b"data")
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled"):
            copied(handler)
    with pytest.raises(TypeError, match="initialised already"):
        handler.__init__(samples.my_message_handler, b"other")


def test_userdata(samples, client, topic):
    """ADV-06 ADV-07 PY-292: the table of 7.2."""

    class WithParameter:
        _as_parameter_ = ctypes.c_void_p(99)

    array = counter()
    structure = Seen()
    anything = object()
    for userdata, expected in (
        (None, 0),
        (1 << 40, 1 << 40),
        (True, 1),
        (ctypes.c_void_p(17), 17),
        (ctypes.c_int(18), 18),
        (ctypes.c_size_t(1 << 63), 1 << 63),
        (array, ctypes.addressof(array)),
        (ctypes.byref(structure), ctypes.addressof(structure)),
        (ctypes.pointer(structure), ctypes.addressof(structure)),
        (ctypes.py_object(anything), id(anything)),
        (WithParameter(), 99),
        (client, client._as_parameter_.value),
    ):
        before = samples.counted()
        sub_id = client.subscribe(AMPS.CMessageHandler(samples.keep_userdata, userdata), topic)
        client.publish(topic, "x")
        wait_until(lambda before=before: samples.counted() > before)
        assert samples.seen_userdata() == expected, userdata
        client.unsubscribe(sub_id)


def test_text_userdata(samples, client, topic):
    """ADV-06 ADV-16: bytes arrive as char *, str as wchar_t *, and stay alive."""
    for function, text in (
        (samples.keep_text, b"twelve bytes"),
        (samples.keep_text, ctypes.c_char_p(b"twelve bytes")),
        (samples.keep_wide_text, "twelve chärs"),
        (samples.keep_wide_text, ctypes.c_wchar_p("twelve chärs")),
    ):
        before = samples.counted()
        sub_id = client.subscribe(AMPS.CMessageHandler(function, text), topic)
        del text
        gc.collect()
        client.publish(topic, "x")
        wait_until(lambda before=before: samples.counted() > before)
        assert samples.seen_userdata() == 12
        client.unsubscribe(sub_id)


@pytest.mark.parametrize("userdata", [bytearray(b"x"), 1.5, {}, [], Seen(), object()])
def test_refused_userdata(samples, userdata):
    """PY-292: what ctypes does not pass as a pointer."""
    with pytest.raises(TypeError):
        AMPS.CMessageHandler(samples.my_message_handler, userdata)


@pytest.mark.parametrize("function", [None, "my_message_handler", print, 0, -1, True, ctypes.c_void_p()])
def test_refused_functions(function):
    """5.1: no function pointer, no handler."""
    with pytest.raises(TypeError):
        AMPS.CMessageHandler(function)


def test_attributes(samples):
    """5.2: the original objects."""
    handler = AMPS.CMessageHandler(samples.my_message_handler, b"data")
    assert handler.function is samples.my_message_handler
    assert handler.userdata == b"data"
    assert "CMessageHandler" in repr(handler)


class Handler(AMPS.CMessageHandler):
    """One that can be watched."""


def test_kept_alive_while_registered(samples, client, topic):
    """5.1: the wrapper lives until the last registration is over; another one with the same userdata may go."""
    count = counter()
    handler, other = Handler(samples.my_message_handler, count), Handler(samples.my_message_handler, count)
    alive, other_alive = weakref.ref(handler), weakref.ref(other)
    ids = [client.subscribe(kept, topic) for kept in (handler, handler, other)]
    del handler, other
    gc.collect()
    client.unsubscribe(ids[2])
    wait_until(lambda: (client.flush(10_000), other_alive() is None)[1])
    client.unsubscribe(ids[0])
    client.flush(10_000)
    assert alive() is not None
    client.publish(topic, "x")
    wait_until(lambda: count[0] == 1)
    client.unsubscribe(ids[1])
    wait_until(lambda: (client.flush(10_000), alive() is None)[1])


@pytest.mark.parametrize("end", ["replace", "remove", "close", "drop"])
def test_released_when_the_registration_ends(samples, broker, end):
    """5.1: replaced, removed, with the session, and with the client."""
    client = AMPS.Client()
    client.connect(broker.uri("json"))
    client.logon(10_000)
    handler = Handler(samples.my_message_handler)
    alive = weakref.ref(handler)
    if end in ("close", "drop"):
        client.subscribe(handler, "released")
    else:
        client.set_last_chance_message_handler(handler)
    del handler
    assert alive() is not None
    if end == "replace":
        client.set_last_chance_message_handler(print)
    elif end == "remove":
        client.set_last_chance_message_handler(None)
    elif end == "close":
        client.close()
    else:
        del client
    wait_until(lambda: alive() is None)


def test_thrown_exceptions_are_reported(samples, client, topic):
    """E-12: absorbed at the dispatch point, given to the exception listener."""
    caught = []
    client.set_exception_listener(caught.append)
    client.subscribe(AMPS.CMessageHandler(samples.throwing_handler), topic)
    client.publish(topic, "x")
    wait_until(lambda: caught)
    assert "thrown by a native handler" in str(caught[0])
    client.subscribe(AMPS.CMessageHandler(samples.throwing_a_number), topic + "/number")
    client.publish(topic + "/number", "x")
    wait_until(lambda: len(caught) == 2)
    assert isinstance(caught[1], AMPS.AMPSException)
    client.flush(10_000)


def test_no_python_runs_per_message(samples, client, topic):
    """ADV-03 PY-293: all deliveries happen while the main thread holds the GIL; Python ones cannot."""
    count = counter()
    publish_and_wait = ctypes.PyDLL(samples._name).publish_and_wait  # PyDLL keeps the GIL during the call.
    client.subscribe(AMPS.CMessageHandler(samples.my_message_handler, count), topic)
    assert publish_and_wait(client, topic.encode(), 10_000, count, 30_000) == 1
    assert count[0] == 10_000

    calls = counter()

    def in_python(message, userdata):
        calls[0] += 1

    callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(in_python)
    client.subscribe(AMPS.CMessageHandler(callback), topic + "/python")
    assert publish_and_wait(client, f"{topic}/python".encode(), 1, calls, 50) == 0
    wait_until(lambda: calls[0] == 1)


def test_python_callback_as_native_handler(client, topic):
    """5.2: legal, and pays the GIL again."""
    calls = []
    callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda message, data: calls.append(data))
    client.subscribe(AMPS.CMessageHandler(callback, 5), topic)
    client.publish(topic, "x")
    wait_until(lambda: calls == [5])
