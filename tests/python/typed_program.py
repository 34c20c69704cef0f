# SPDX-License-Identifier: Apache-2.0
"""A program with annotations, which uses every public class. `make check` runs mypy --strict on it.

It is also run, against an embedded broker: what the annotations promise is what the module returns.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyamps as AMPS
from pyamps import aio, native, testing
from pyamps import typing as amps_typing

if TYPE_CHECKING:
    from typing_extensions import assert_type
else:

    def assert_type(value: Any, kind: Any) -> Any:
        return value


class Orders:
    """An object as message handler."""

    def __init__(self, client: AMPS.Client) -> None:
        self.client = client
        self.bodies: list[str | None] = []
        self.complete = threading.Event()

    def __call__(self, message: AMPS.Message) -> None:
        self.bodies.append(message.get_data())
        self.client.publish("seen", message.get_data_raw())
        if len(self.bodies) == 3:
            self.complete.set()


class Listener(AMPS.ConnectionStateListener):
    def __init__(self) -> None:
        self.states: list[int] = []

    def connection_state_changed(self, state: int) -> None:
        self.states.append(state)


class Password(AMPS.DefaultAuthenticator):
    def authenticate(self, user: str, password: str) -> str:
        return password or "secret"


class Chooser:
    """A server chooser of the program's own."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def get_current_uri(self) -> str:
        return self.uri

    def get_current_authenticator(self) -> AMPS.DefaultAuthenticator:
        return Password()

    def report_failure(self, exception: AMPS.AMPSException, info: dict[str, str]) -> None:
        raise exception

    def report_success(self, info: dict[str, str]) -> None:
        assert info["client.name"]


def handlers(client: AMPS.Client) -> None:
    """Every kind of callback."""
    failures: list[BaseException] = []
    client.set_exception_listener(failures.append)
    client.set_failed_write_handler(lambda message, reason: print(message.get_topic(), reason == AMPS.Reason.DUPLICATE))
    client.set_disconnect_handler(lambda lost: None)
    client.set_transport_filter(lambda data, incoming: None if incoming else data)
    client.set_transport_filter(None)
    client.set_last_chance_message_handler(print)
    client.set_global_command_type_message_handler(AMPS.Message.Command.Ack, None)
    client.add_connection_state_listener(Listener())
    client.add_connection_state_listener(lambda state: None)
    client.deferred_execution(print, "on the receive thread")
    handler: amps_typing.MessageHandler = print
    client.set_duplicate_message_handler(handler)


def messages(client: AMPS.Client, other: AMPS.Client) -> None:
    """Subscriptions in both forms, commands and streams."""
    orders = Orders(other)
    sub_id = client.subscribe(orders, "orders", options=AMPS.Message.Options().set_max_backlog(2), timeout=10_000)
    assert_type(sub_id, str)
    seen = client.subscribe("seen", timeout=timedelta(seconds=10))
    assert_type(seen, AMPS.MessageStream)
    client.flush(10_000)
    for body in ("1", b"2", bytearray(b"3")):
        assert_type(other.publish("orders", body), int)
    assert orders.complete.wait(10)
    client.unsubscribe(sub_id)
    for message in seen:
        assert_type(message, AMPS.Message)
        if message.get_data() == "3":
            break
    for late in seen.timeout(1):
        assert_type(late, "AMPS.Message | None")
        assert late is None
        break
    seen.close()

    command = (
        AMPS.Command(AMPS.Message.Command.Subscribe).set_topic("^ord.*").add_ack_type("processed").set_timeout(10_000)
    )
    with client.execute(command) as stream:
        ack = next(stream)
        assert_type(ack.get_status(), "str | None")
        assert_type(ack.get_matches(), int)
        assert ack.get_command() == ack.Command.Ack
        assert ack.copy().get_ack_type() == AMPS.Message.AckType.Processed
        assert bytes(memoryview(ack)) == b""
    assert_type(client.execute_async(command, lambda message: None), str)
    client.setAckBatchSize(10)
    assert_type(client.getAckBatchSize(), int)


def native_calls(client: AMPS.Client) -> None:
    """CMessageHandler and the checked argument types."""
    prototype = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
    handler = AMPS.CMessageHandler(prototype(lambda message, userdata: None), ctypes.c_void_p(1))
    assert_type(client.subscribe(handler, "native"), str)
    client.set_last_chance_message_handler(handler)
    assert native.ClientRef.from_param(client).value
    assert native.Utf8.from_param("text").value == b"text"
    assert native.Utf8Array.from_param(["a", b"b"])[1] == b"b"
    assert_type(client._as_parameter_, ctypes.c_void_p)
    for function in (AMPS.get_include, AMPS.get_compile_args, AMPS.get_link_args):
        assert function()
    assert AMPS.get_library_dir()


def payloads() -> None:
    """Builders and shredders."""
    builder = AMPS.CompositeMessageBuilder().append("one").append(b"two")
    parser = AMPS.CompositeMessageParser()
    assert parser.parse(builder.get_data()) == 2
    assert_type(parser.get_part(1), bytes)
    fix = AMPS.FIXBuilder().append(35, "D").get_string()
    assert_type(AMPS.FIXShredder().to_map(fix), dict[int, str])
    named = AMPS.NVFIXBuilder(";").append("symbol", "ABC").get_bytes()
    assert_type(AMPS.NVFIXShredder(";").to_map(named), dict[str, str])
    assert AMPS.VersionInfo("5.3") < AMPS.VersionInfo("5.4")
    assert AMPS.Client.convert_version_to_number("5.3.0.1") == 5030001


def failover(uri: str) -> None:
    """An HAClient with parts of the module and of the program."""
    with AMPS.HAClient("typed-ha", no_store=True) as client:
        client.set_reconnect_delay_strategy(AMPS.FixedDelayStrategy(5).set_maximum_retry_time(1000))
        client.set_server_chooser(AMPS.DefaultServerChooser().add(uri, AMPS.DefaultAuthenticator()).add_all([uri]))
        client.set_reconnect_delay_strategy(AMPS.ExponentialDelayStrategy(jitter=0.5))
        client.set_server_chooser(Chooser(uri))
        client.set_failed_resubscribe_handler(lambda command, acks, error: error.code == 3)
        client.connect_and_logon()
        assert_type(client.disconnected(), bool)
        assert native.HAClientRef.from_param(client).value


def stores(uri: str, folder: Path) -> None:
    """Publish and bookmark stores of the module."""
    publishes = AMPS.PublishStore(folder / "publishes")
    assert_type(publishes.get_unpersisted_count(), int)
    publishes.close()
    bookmarks = AMPS.MMapBookmarkStore(folder / "bookmarks")
    assert_type(bookmarks.get_most_recent("sub"), str)
    bookmarks.close()
    AMPS.LoggedBookmarkStore(folder / "logged").close()
    with AMPS.HAClient("typed-stores", no_store=True) as client:
        client.set_publish_store(AMPS.MemoryPublishStore())
        client.set_bookmark_store(AMPS.MemoryBookmarkStore())
        client.set_server_chooser(AMPS.DefaultServerChooser().add(uri))
        client.connect_and_logon()


def failures() -> None:
    """Exceptions, TLS settings."""
    try:
        AMPS.Client().connect("tcp://127.0.0.1:1/amps/json")
    except AMPS.ConnectionRefusedException as error:
        assert_type(error.code, int)
        assert_type(error.reason, str)
    try:
        AMPS.ssl_init("/no/such/library.so")
    except AMPS.AMPSException:
        assert_type(AMPS.ssl_get_error(), str)
    AMPS.ssl_set_verify(True)
    AMPS.ssl_free()


async def asynchronous(uri: str) -> None:
    async with aio.Client("typed-aio") as client:
        await client.connect_and_logon(uri)
        async with await client.subscribe("aio") as stream:
            await client.publish("aio", "x")
            async for message in stream:
                assert_type(message.get_data(), "str | None")
                break


def servers() -> Iterator[AMPS.Broker]:
    with AMPS.Broker(log=lambda level, line: None, logon_timeout_ms=5000) as broker:
        assert_type(broker.port, int)
        yield broker


def main() -> int:
    for broker in servers():
        uri = broker.uri("json")
        with testing.logged_on(broker) as client, testing.logged_on(broker, "other") as other:
            handlers(client)
            messages(client, other)
            native_calls(client)
        payloads()
        failover(uri)
        with TemporaryDirectory() as folder:
            stores(uri, Path(folder))
        failures()
        asyncio.run(asynchronous(uri))
    print("every class used")
    return 0


if __name__ == "__main__":
    sys.exit(main())
