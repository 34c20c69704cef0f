# SPDX-License-Identifier: Apache-2.0
"""Clients for asyncio::

    async with aio.Client("name") as client:
        await client.connect_and_logon("tcp://127.0.0.1:9007/amps/json")
        async with await client.subscribe("orders") as orders:
            async for message in orders:
                await client.publish("seen", message.get_data())

What waits for the server waits on a thread, so that the event loop goes on.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from . import client as _client
from ._message import Message
from ._stream import MessageStream
from .command import Command

__all__ = ["Client", "Stream"]

_MAX_DEPTH = 10_000  # Messages waiting for the event loop before reading from the socket pauses.
_LOOK_AGAIN = 0.5  # Seconds after which a thread that waits for room sees that the event loop is closed.
Result = TypeVar("Result")


class Stream(AsyncIterator[Message]):
    """Messages of one subscription or query, in order; that of a query ends by itself. Made by :class:`Client`.

    When ``max_depth`` messages wait, the receive thread waits, and with it the server.
    Threads: that of the event loop.
    """

    def __init__(self, client: Client, max_depth: int = _MAX_DEPTH) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._max_depth = max_depth
        self._waiting: deque[Message] = deque()
        self._room = threading.Condition()
        self._arrived = asyncio.Event()
        self._ended = False
        self._end_source: Callable[[], None] = lambda: None  # Once there is something to end.

    def _begin(self, command: Command) -> None:
        """Runs on a thread of its own, and to its end though nobody may wait for it any more."""
        native = self._client.native
        if "subscribe" in (name := command.get_command() or "") and name != "unsubscribe":
            sub_id = native.execute_async(command, self._receive)
            end: Callable[[], None] = partial(native.unsubscribe, sub_id)
        else:
            answers = native.execute(command)
            end = answers.close
            threading.Thread(target=self._pump, args=(answers,), name="pyamps-aio", daemon=True).start()
        with self._room:
            if not self._ended:
                self._end_source = end
                return
        end()

    def _pump(self, answers: MessageStream) -> None:
        """Runs on a thread of its own, until everything a query gave is here."""
        try:
            for message in answers:
                self._append(message)
        finally:
            self._connection_lost()

    def _receive(self, message: Message) -> None:
        """Runs on the receive thread."""
        self._append(message.copy())

    def _append(self, message: Message) -> None:
        with self._room:
            while not self._room.wait_for(self._takes_more, _LOOK_AGAIN):
                if self._loop.is_closed():  # Nobody will read, and nobody said so: the stream was just left.
                    self._ended = True
            if self._ended:
                return
            self._waiting.append(message)
            first = len(self._waiting) == 1
        if first:
            self._wake()

    def _takes_more(self) -> bool:
        return self._ended or len(self._waiting) < self._max_depth

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:
            self._end()  # The event loop is closed: nobody will read.

    def _end(self) -> None:
        with self._room:
            self._ended = True
            self._room.notify_all()

    def _connection_lost(self) -> None:
        self._end()
        self._wake()

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Message:
        while True:
            with self._room:
                if self._waiting:
                    message = self._waiting.popleft()
                    self._room.notify_all()
                    return message
                if self._ended:
                    self._client._streams.discard(self)
                    raise StopAsyncIteration
                self._arrived.clear()
            await self._arrived.wait()

    async def close(self) -> None:
        """Unsubscribe and end the iteration; messages that wait are dropped."""
        self._client._streams.discard(self)
        self._end()
        with self._room:
            end, self._end_source = self._end_source, lambda: None
            self._waiting.clear()
        try:
            end()
        finally:
            self._arrived.set()

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()


class Client:
    """A client whose methods do not block the event loop. ``native`` is the client underneath.

    A cancelled call leaves its command to finish by itself, or to time out.
    Threads: that of the event loop.
    """

    def __init__(self, name: str | None = None, *, native: _client.Client | None = None) -> None:
        """:param native: a client to use, for example an ``HAClient``."""
        self.native = _client.Client(name) if native is None else native
        self._streams: set[Stream] = set()
        # What C holds the collector cannot see: a strong reference would keep this client for ever.
        weak = weakref.WeakMethod(self._state_changed)
        self.native.add_connection_state_listener(lambda state: (changed := weak()) and changed(state))

    def _state_changed(self, state: int) -> None:
        if state == 1 or (state == 0 and not hasattr(self.native, "connect_and_logon")):
            for stream in list(self._streams):
                stream._connection_lost()

    @staticmethod
    async def _run(function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Call on a daemon thread of its own: at its end, asyncio waits for the threads of its executor for ever."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def settle(set_outcome: Callable[[Any], None], outcome: Any) -> None:
            if not future.cancelled():
                set_outcome(outcome)

        def call() -> None:
            try:
                done = partial(settle, future.set_result, function(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - raised by the await.
                done = partial(settle, future.set_exception, error)
            with suppress(RuntimeError):  # The event loop is closed: nobody waits.
                loop.call_soon_threadsafe(done)

        threading.Thread(target=call, name="pyamps-aio", daemon=True).start()
        return await future

    async def connect(self, uri: str) -> None:
        await self._run(self.native.connect, uri)

    async def logon(self, timeout: int = 0, **kwargs: Any) -> str:
        return await self._run(self.native.logon, timeout, **kwargs)

    async def connect_and_logon(self, uri: str | None = None, timeout: int = 0) -> None:
        """Connect to ``uri`` and log on; without ``uri`` the HAClient underneath does it its way."""
        if uri is None:
            await self._run(self.native.connect_and_logon)  # type: ignore[attr-defined]
            return
        await self._run(self.native.connect, uri)
        await self._run(self.native.logon, timeout)

    async def publish(self, topic: str, data: Any, expiration: int | None = None) -> int:
        """Send a message. Waits, on a thread, only when much is waiting to be sent."""
        sequence = self.native._publish_now(topic, data, expiration)
        if sequence is None:
            sequence = await self._run(self.native.publish, topic, data, expiration)
        return sequence

    async def flush(self, timeout: int = 0) -> None:
        await self._run(self.native.flush, timeout)

    async def publish_flush(self, timeout: int = 0) -> None:
        await self._run(self.native.publish_flush, timeout)

    async def execute(self, command: Command, *, max_depth: int = _MAX_DEPTH) -> Stream:
        """Run a command and return the stream of its messages."""
        stream = Stream(self, max_depth)
        self._streams.add(stream)
        try:
            await self._run(stream._begin, command)
        except BaseException:
            await stream.close()
            raise
        return stream

    async def subscribe(
        self, topic: str, filter: str | None = None, *, options: str | None = None, timeout: int = 0,
        max_depth: int = _MAX_DEPTH,
    ) -> Stream:  # fmt: skip
        """Subscribe to a topic and return the stream of its messages."""
        command = Command("subscribe").set_topic(topic).set_filter(filter).set_options(options)
        return await self.execute(command.set_timeout(timeout), max_depth=max_depth)

    async def close(self) -> None:
        """Disconnect; streams end."""
        for stream in list(self._streams):
            stream._connection_lost()
        await self._run(self.native.close)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()
