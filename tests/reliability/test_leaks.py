# SPDX-License-Identifier: Apache-2.0
"""REL-27, small: what a program does again and again leaves nothing behind, in Python or in C, errors included."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Callable, Iterator

import pytest

import pyamps
from pyamps.testing import Broker, Collector, logged_on

WAIT_MS = 10_000
WARM_UP = 30  # Caches fill, buffers grow.
RUNS = 50
BATCHES = 4  # The quietest counts: threads of broker and client come and go with memory of their own.
BYTES_A_RUN_MAX = 16  # Less than anything one could forget.


class Mallinfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost").split()
    ]


@pytest.fixture(scope="module")
def native_bytes() -> Callable[[], int]:
    """What malloc has given out in this process."""
    try:
        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        pytest.skip("this C library does not tell what is allocated")
    mallinfo2.restype = Mallinfo

    def count() -> int:
        info = mallinfo2()
        return info.uordblks + info.hblkhd

    return count


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker(sow={"orders": "/id"}) as running:
        yield running


@pytest.fixture(scope="module")
def client(broker: Broker) -> Iterator[pyamps.Client]:
    with logged_on(broker, "worker") as connected:
        connected.set_exception_listener(lambda _error: None)
        yield connected


def publish(client: pyamps.Client) -> None:
    client.publish("orders", '{"id":1,"text":"é"}')
    client.publish(b"orders", b'{"id":2}', expiration=60)
    client.delta_publish("orders", '{"id":1,"n":2}')
    client.publish_flush(WAIT_MS)


def subscribe(client: pyamps.Client) -> None:
    collector = Collector()
    sub_id = client.subscribe(collector, "orders", timeout=WAIT_MS)
    client.publish("orders", '{"id":1}')
    collector.wait_for(1)
    client.unsubscribe(sub_id)


def query(client: pyamps.Client) -> None:
    publish(client)
    for message in client.sow("orders", "/id > 0", timeout=WAIT_MS):
        assert message.get_command() in ("sow", "group_begin", "group_end", "ack")
        message.copy().set_data("kept")


def leave_a_stream(client: pyamps.Client) -> None:
    stream = client.subscribe("orders", timeout=WAIT_MS)
    client.publish("orders", '{"id":1}')
    next(stream)
    stream.close()


def be_refused(client: pyamps.Client) -> None:
    with pytest.raises(pyamps.BadFilterException):
        client.subscribe(print, "orders", "/id >", timeout=WAIT_MS)
    with pytest.raises(TypeError):
        client.subscribe(object(), "orders")
    with pytest.raises(TypeError):
        client.publish(object(), "x")
    with pytest.raises(pyamps.AMPSException):
        client.sow("nowhere", timeout=WAIT_MS)


def raise_in_a_handler(client: pyamps.Client) -> None:
    def fails(_message: pyamps.Message) -> None:
        raise KeyError("of the handler")

    sub_id = client.subscribe(fails, "orders", timeout=WAIT_MS)
    client.publish("orders", '{"id":1}')
    client.publish_flush(WAIT_MS)
    client.unsubscribe(sub_id)


def make_messages(_client: pyamps.Client) -> None:
    message = pyamps.Message()
    message.set_topic("t")
    message.set_data(b"\xff" * 1000)
    with pytest.raises(UnicodeDecodeError):
        message.get_data()
    with memoryview(message) as view:
        assert len(view) == 1000
    message.copy().reset()
    pyamps.Command("sow").set_topic("t").set_filter("/a = 1").set_options("oof")


def connect(client: pyamps.Client) -> None:
    with pyamps.Client("short") as short:
        short.set_publish_store(pyamps.MemoryPublishStore())
        short.set_transport_filter(lambda data, _incoming: data)
        short.add_connection_state_listener(lambda _state: None)
        short.connect(client.get_uri())
        short.logon(WAIT_MS)
        short.publish("orders", '{"id":3}')
        short.publish_flush(WAIT_MS)


def fail_to_connect(_client: pyamps.Client) -> None:
    with pyamps.Client("nobody") as nobody, pytest.raises(pyamps.ConnectionRefusedException):
        nobody.connect("tcp://127.0.0.1:1/amps/json")


def use_native_handlers(client: pyamps.Client) -> None:
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda _message, _userdata: None)
    sub_id = client.subscribe(pyamps.CMessageHandler(function, "userdata"), "orders", timeout=WAIT_MS)
    client.publish("orders", '{"id":1}')
    client.publish_flush(WAIT_MS)
    client.unsubscribe(sub_id)
    with contextlib.suppress(TypeError):
        pyamps.CMessageHandler("nothing")


OPERATIONS = (
    publish, subscribe, query, leave_a_stream, be_refused, raise_in_a_handler, make_messages, connect,
    fail_to_connect, use_native_handlers,
)  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_REL_27_nothing_is_left_behind(
    client: pyamps.Client, native_bytes: Callable[[], int], operation: Callable[[pyamps.Client], None]
) -> None:
    def repeat(count: int) -> None:
        for _ in range(count):
            operation(client)
        client.publish_flush(WAIT_MS)
        gc.collect()

    repeat(WARM_UP)
    blocks, size = [], []
    for _ in range(BATCHES):
        blocks_before, bytes_before = sys.getallocatedblocks(), native_bytes()
        repeat(RUNS)
        blocks.append(sys.getallocatedblocks() - blocks_before)
        size.append(native_bytes() - bytes_before)
    assert min(blocks) < RUNS, f"Python objects of {RUNS} runs: {blocks}"
    assert min(size) < RUNS * BYTES_A_RUN_MAX, f"bytes of {RUNS} runs: {size}"
