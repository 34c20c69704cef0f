# SPDX-License-Identifier: Apache-2.0
"""CMessageHandler: handlers written in C++, called without Python."""

from __future__ import annotations

import ctypes
import gc
import time
import weakref

import pytest

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


def test_accepted_wherever_a_message_handler_goes(samples, client, topic):
    """ADV-02 ADV-05 PY-291: the matrix of 5.1; elsewhere a TypeError."""
    handler = AMPS.CMessageHandler(samples.my_message_handler, counter())
    client.set_last_chance_message_handler(handler)
    client.set_unhandled_message_handler(handler)
    client.set_duplicate_message_handler(handler)
    client.set_global_command_type_message_handler("publish", handler)
    client.execute_async(AMPS.Command("subscribe").set_topic(topic), handler)
    client.execute_async_no_resubscribe(AMPS.Command("subscribe").set_topic(topic), handler)
    client.subscribe(on_message=handler, topic=topic)
    client.add_message_handler("id", handler)
    message = AMPS.Message()
    message.set_command("subscribe")
    message.set_topic(topic)
    client.send(message, handler)
    for call in (
        lambda: client.delta_subscribe(handler, topic),
        lambda: client.bookmark_subscribe(handler, topic, AMPS.Client.Bookmarks.NOW),
        lambda: client.sow(handler, topic),
        lambda: client.sow_and_subscribe(handler, topic),
        lambda: client.sow_and_delta_subscribe(handler, topic),
        lambda: client.sow_delete(handler, topic, "1=1"),
        lambda: client.sow_delete_by_data(handler, topic, "{}"),
        lambda: client.sow_delete_by_keys(handler, topic, ["1"]),
    ):
        try:
            call()
        except AMPS.CommandException:
            pass  # The broker does not do all of this yet; the handler was accepted.
    for setter in (
        client.set_failed_write_handler, client.set_exception_listener, client.set_disconnect_handler,
        client.add_connection_state_listener, client.set_transport_filter, client.set_thread_created_callback,
        client.deferred_execution,
    ):  # fmt: skip
        with pytest.raises(TypeError):
            setter(handler)


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


def test_kept_alive_while_registered(samples, client, topic):
    """5.1: the wrapper lives until the last registration is over."""

    class Handler(AMPS.CMessageHandler):
        pass

    handler = Handler(samples.my_message_handler, counter())
    alive = weakref.ref(handler)
    ids = [client.subscribe(handler, topic), client.subscribe(handler, topic)]
    del handler
    gc.collect()
    client.unsubscribe(ids[0])
    client.flush(10_000)
    assert alive() is not None
    client.unsubscribe(ids[1])
    wait_until(lambda: (client.flush(10_000), gc.collect(), alive() is None)[2])


def test_thrown_exceptions_are_reported(samples, client, topic):
    """E-12: absorbed at the dispatch point, given to the exception listener."""
    caught = []
    client.set_exception_listener(caught.append)
    client.subscribe(AMPS.CMessageHandler(samples.throwing_handler), topic)
    client.publish(topic, "x")
    wait_until(lambda: caught)
    assert "thrown by a native handler" in str(caught[0])
    client.flush(10_000)


def test_no_python_runs_per_message(samples, client, other, topic):
    """ADV-03 PY-293: deliveries go on while another thread holds the GIL all the time."""
    count = counter()
    client.subscribe(AMPS.CMessageHandler(samples.my_message_handler, count), topic)
    messages = 20_000
    for _ in range(messages):
        other.publish(topic, "x")
    sleep_with_gil = ctypes.PyDLL(None).usleep  # PyDLL keeps the GIL during the call.
    before = count[0]
    deadline = time.monotonic() + 20
    after = before
    while after == before and before < messages and time.monotonic() < deadline:
        sleep_with_gil(100_000)
        after = count[0]
    assert after > before or before == messages
    wait_until(lambda: count[0] == messages)


def test_python_callback_as_native_handler(client, topic):
    """5.2: legal, and pays the GIL again."""
    calls = []
    callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda message, data: calls.append(data))
    client.subscribe(AMPS.CMessageHandler(callback, 5), topic)
    client.publish(topic, "x")
    wait_until(lambda: calls == [5])
