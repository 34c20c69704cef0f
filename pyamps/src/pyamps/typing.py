# SPDX-License-Identifier: Apache-2.0
"""Types for the annotations of programs: what may be passed as a handler, a chooser, a store and so on.

``import pyamps`` does not load this module. The protocols name the methods an object needs; no base
class is required.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol, Union

from ._callbacks import CMessageHandler
from ._message import Message
from .options import Options

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from .exceptions import AMPSException

    #: What a message may carry: a str is sent as UTF-8, any object with the buffer protocol as it is.
    Payload = Union[str, ReadableBuffer]
else:
    Payload = Any

__all__ = [
    "Authenticator",
    "BookmarkStore",
    "ConnectionStateObject",
    "DelayStrategy",
    "DisconnectHandler",
    "ExceptionListener",
    "FailedResubscribeHandler",
    "FailedWriteHandler",
    "MessageCallable",
    "MessageHandler",
    "OptionText",
    "Payload",
    "PublishStore",
    "Replayer",
    "ServerChooser",
    "StateListener",
    "StorePath",
    "Text",
    "Timeout",
    "TransportFilter",
]

#: Text for the wire: a str is sent as UTF-8, bytes as they are.
Text = Union[str, bytes]
#: Options of a command: a comma list, or the helper that builds one.
OptionText = Union[str, bytes, Options, None]
#: The file of a store.
StorePath = Union[str, bytes, "PathLike[str]"]
#: Milliseconds, or a span of time; 0 waits without limit.
Timeout = Union[int, timedelta]


class MessageCallable(Protocol):
    """A message handler in Python: function, bound method, or object with ``__call__``."""

    def __call__(self, message: Message, /) -> object: ...


#: Whatever may stand where a message handler is wanted.
MessageHandler = Union[MessageCallable, CMessageHandler]


class FailedWriteHandler(Protocol):
    """Called for a publish or delete the server refused."""

    def __call__(self, message: Message, reason: str, /) -> object: ...


class TransportFilter(Protocol):
    """Called with the bytes of the connection; None leaves them as they are."""

    def __call__(self, data: bytes, incoming: bool, /) -> ReadableBuffer | None: ...


class FailedResubscribeHandler(Protocol):
    """Called when a subscription cannot be placed again; true forgets it, false reconnects."""

    def __call__(self, command: Message, requested_acks: int, error: AMPSException, /) -> object: ...


#: Called with the exception that left a handler.
ExceptionListener = Callable[[BaseException], object]
#: Called with the client whose connection was lost.
DisconnectHandler = Callable[[Any], object]


class ConnectionStateObject(Protocol):
    """A connection-state listener that is no callable."""

    def connection_state_changed(self, state: int, /) -> object: ...


#: Called with a constant of ``ConnectionStateListener``.
StateListener = Union[Callable[[int], object], ConnectionStateObject]


class Authenticator(Protocol):
    """Gives the password or token of a logon."""

    def authenticate(self, user: str, password: str, /) -> Text: ...

    def retry(self, user: str, password: str, /) -> Text: ...

    def completed(self, user: str, password: str, reason: str, /) -> object: ...


class ServerChooser(Protocol):
    """Says which server comes next. ``get_current_authenticator`` and ``get_error`` are optional."""

    def get_current_uri(self) -> Text | None: ...

    def report_failure(self, exception: AMPSException, info: dict[str, str], /) -> object: ...

    def report_success(self, info: dict[str, str], /) -> object: ...


class DelayStrategy(Protocol):
    """Says how long to wait before a URI is tried."""

    def get_connect_wait_duration(self, uri: str, /) -> Timeout: ...

    def reset(self) -> object: ...


class BookmarkStore(Protocol):
    """Remembers which messages are processed. ``discard_message``, ``discard``, ``purge`` and the rest are optional."""

    def log(self, message: Message, /) -> int | str | None: ...

    def is_discarded(self, message: Message, /) -> object: ...

    def get_most_recent(self, sub_id: str, /) -> Text | None: ...

    def persisted(self, sub_id: str, bookmark: str, /) -> object: ...


class Replayer(Protocol):
    """Given to ``PublishStore.replay``; call it with each message to be sent again."""

    def __call__(self, message: Message, /) -> None: ...


class PublishStore(Protocol):
    """Keeps publishes until the server has persisted them."""

    def store(self, message: Message, /) -> int | str | None: ...

    def discard_up_to(self, sequence: int, /) -> object: ...

    def replay(self, replayer: Replayer, /) -> object: ...

    def replay_single(self, replayer: Replayer, sequence: int, /) -> object: ...

    def unpersisted_count(self) -> int: ...

    def get_lowest_unpersisted(self) -> int: ...

    def get_last_persisted(self) -> int: ...
