# SPDX-License-Identifier: Apache-2.0
"""Clients: the documented methods on top of the native ones."""

from __future__ import annotations

import functools

from . import constants
from ._callbacks import CMessageHandler
from ._client import ACK_BITS, NUMBERS
from ._message import Message
from .command import Command
from .exceptions import ConnectionException
from .named_commands import NamedCommands
from .options import option_text
from .version import VersionInfo, convert_version_to_number

TYPE_CHECKING = False  # As of typing, which would be loaded only for this.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ._stream import MessageStream
    from .typing import Authenticator, MessageHandler, OptionText, Text, Timeout

__all__ = ["Client"]

_PUBLISHES = {"publish", "delta_publish"}


class Client(NamedCommands):
    """One connection to one server.

    The name is the identity of a publisher: with a transaction log on the server it must be unique
    among connected clients. Without a name a unique one is made up.
    Threads: any may send; handlers run on the receive thread, one at a time.
    """

    _KIND = 1
    Bookmarks = constants.Bookmarks

    def __init__(self, name: Text | None = None) -> None:
        self._open(name, self._KIND)

    def __repr__(self) -> str:
        state = "disconnected" if self._get_number(NUMBERS["DISCONNECTED"]) else "connected"
        return f"<{type(self).__name__} {self.get_name()!r} {self._redacted_uri() or 'no server'} {state}>"

    # ---- session ----

    def connect(self, uri: Text) -> None:
        """Open the connection named by ``uri``: ``tcp://host:port/amps/json``. Log on next.

        :raises AlreadyConnectedException: disconnect first.
        :raises InvalidURIException: the URI is malformed.
        :raises ConnectionRefusedException: nobody listens there.
        :raises ConnectionException: connecting failed for another reason.
        Source: ``amps_client_connect``.
        """
        if "tcps:" in (uri.decode("utf-8", "replace") if isinstance(uri, bytes) else uri):
            load_own_openssl()
        super().connect(uri)

    def logon(
        self, timeout: Timeout = 0, authenticator: Authenticator | None = None, options: OptionText = None
    ) -> str:
        """Log on and return the id of the command.

        :param timeout: milliseconds to wait; 0 waits without limit.
        :param authenticator: gives the password; None: that of the URI.
        :param options: option text, such as ``"ack_conflation=100ms"``.
        :raises AuthenticationException: the server refused the credentials.
        :raises NameInUseException: another client uses the name.
        :raises TimedOutException: no answer in time.
        """
        return self._logon(timeout, authenticator, option_text(options))

    def get_server_version_info(self) -> VersionInfo:
        """Version of the server as :class:`VersionInfo`."""
        return VersionInfo(self._server_version_text())

    @staticmethod
    def convert_version_to_number(version: str) -> int:
        """Packed form of a version: ``"5.3.4.1"`` is 5030401.

        :raises CommandException: (also a ValueError) the text is no version.
        """
        return convert_version_to_number(version)

    def add_http_preflight_header(self, header: Text, value: str | None = None) -> None:
        """Add ``"Name: value"``, or a name and a value, to the HTTP preflight request."""
        name = header.decode() if isinstance(header, bytes) else header
        self._add_http_preflight_header(name if value is None else f"{name}: {value}")

    def set_http_preflight_headers(self, headers: Mapping[str, str] | Iterable[Text | tuple[str, str]]) -> None:
        """Replace the headers: an iterable of lines, or a dict."""
        self.clear_http_preflight_headers()
        for line in headers.items() if hasattr(headers, "items") else headers:
            self.add_http_preflight_header(*((line,) if isinstance(line, (str, bytes)) else line))

    # ---- commands ----

    def execute(self, command: Command) -> MessageStream:
        """Run a command and return its :class:`MessageStream`; for commands without answer it has ended."""
        return self._execute_stream(command._message, command.get_timeout())

    def execute_async(self, command: Command, on_message: MessageHandler | None = None) -> str:
        """Run a command whose messages go to ``on_message`` on the receive thread; returns its id."""
        return self._execute(command._message, on_message, command.get_timeout())

    def execute_async_no_resubscribe(self, command: Command, on_message: MessageHandler | None = None) -> str:
        """As :meth:`execute_async`; the subscription is not placed again after a reconnect."""
        return self._execute(command._message, on_message, command.get_timeout(), 1)

    def send(
        self, message: Message, message_handler: MessageHandler | None = None, timeout: Timeout | None = None
    ) -> str:
        """Send a message made by hand and return its command id; :class:`Command` is preferred."""
        if message.get_command() in _PUBLISHES or message_handler is None:
            self._send(message)
            return message.get_command_id() or ""
        return self._execute(message, message_handler, timeout)

    def allocate_message(self) -> Message:
        """An empty message for :meth:`send`."""
        return Message(self)

    def add_message_handler(
        self, command_id: Text, handler: MessageHandler, acks: str | int = 0, is_subscribe: bool = False
    ) -> None:
        """Route messages of an id to a handler, without telling the server.

        :param acks: acknowledgements the handler wants: names as comma list, or their bits.
        """
        self._add_route(command_id, handler, _ack_bits(acks), bool(is_subscribe))

    def unsubscribe(self, sub_id: Text | None = None) -> None:
        """End one subscription, a comma list of them, or all. Does not wait."""
        self._unsubscribe(sub_id)

    def ack(self, topic: Text | Message, bookmark: Text | None = None, options: Text | None = None) -> None:
        """Acknowledge queue messages: ``ack(topic, bookmark)`` or ``ack(message)``."""
        if isinstance(topic, Message):
            topic.ack(bookmark if options is None else options)
        else:
            self._ack(topic, bookmark, options)

    def flush(self, timeout: Timeout = 0) -> None:
        """Wait until the server has processed everything sent before.

        :param timeout: milliseconds; 0 waits without limit.
        :raises TimedOutException: no answer in time.
        """
        self._execute(Command("flush")._message, None, timeout)

    def publish_flush(self, timeout: Timeout = 0, ack_type: str | int | None = None) -> None:
        """Wait until all publishes are persisted, or without a store: processed.

        :param timeout: milliseconds; 0 waits without limit.
        :raises TimedOutException: no answer in time.
        """
        self._publish_flush(timeout, _ack_bits(ack_type or 0))

    def start_timer(self) -> None:
        """Legacy command ``start_timer``."""
        self._execute(Command("start_timer")._message, None, 0)

    def stop_timer(self, handler: MessageHandler | None) -> str:
        """Legacy command ``stop_timer``; its acknowledgement goes to ``handler``."""
        return self._execute(Command("stop_timer")._message, handler, 0)

    # ---- settings ----

    def get_auto_ack(self) -> bool:
        """True when queue messages are acknowledged without being asked."""
        return bool(self._get_number(NUMBERS["AUTO_ACK"]))

    def set_auto_ack(self, enabled: bool) -> None:
        """Acknowledge queue messages when the handler returned, or the next message of a stream is asked for."""
        self._set_number(NUMBERS["AUTO_ACK"], int(enabled))

    def get_ack_batch_size(self) -> int:
        """Acknowledgements sent together."""
        return self._get_number(NUMBERS["ACK_BATCH_SIZE"])

    def set_ack_batch_size(self, count: int) -> None:
        """Send so many acknowledgements together; 1, the default, sends each at once."""
        self._set_number(NUMBERS["ACK_BATCH_SIZE"], int(count))

    def get_ack_timeout(self) -> int:
        """Milliseconds an acknowledgement may wait for its batch."""
        return self._get_number(NUMBERS["ACK_TIMEOUT_MS"])

    def set_ack_timeout(self, timeout_ms: int) -> None:
        """Let an acknowledgement wait at most so many milliseconds for its batch."""
        self._set_number(NUMBERS["ACK_TIMEOUT_MS"], int(timeout_ms))

    def get_default_max_depth(self) -> int:
        """Messages a new stream holds before reading pauses; 0: no limit."""
        return self._get_number(NUMBERS["DEFAULT_MAX_DEPTH"])

    def set_default_max_depth(self, depth: int) -> None:
        """Limit of streams made later; 0: no limit in messages."""
        self._set_number(NUMBERS["DEFAULT_MAX_DEPTH"], int(depth))

    def get_retry_on_disconnect(self) -> bool:
        """True when a command is sent again after its connection was lost."""
        return bool(self._get_number(NUMBERS["RETRY_ON_DISCONNECT"]))

    def set_retry_on_disconnect(self, enabled: bool) -> None:
        """Send a command again when its connection was lost and restored."""
        self._set_number(NUMBERS["RETRY_ON_DISCONNECT"], int(enabled))

    def get_error_on_publish_gap(self) -> bool:
        """True when a logon fails because the server lost messages."""
        return bool(self._get_number(NUMBERS["ERROR_ON_PUBLISH_GAP"]))

    def set_error_on_publish_gap(self, enabled: bool) -> None:
        """Fail the logon when the server lost messages that the publish store no longer has."""
        self._set_number(NUMBERS["ERROR_ON_PUBLISH_GAP"], int(enabled))

    def set_thread_created_callback(self, callback: Callable[[], object] | Callable[[int], object] | None) -> None:
        """Called first on each receive thread, with its id if the callable takes an argument."""
        if callback is None:
            self._set_thread_created(None)
            return
        if isinstance(callback, CMessageHandler) or not callable(callback):
            raise TypeError("a thread-created callback must be callable")
        self._set_thread_created(_with_thread_id(callback))

    def deferred_execution(self, callback: Callable[..., object], *args: Any) -> None:
        """Run ``callback(*args)`` once on the receive thread, between two messages."""
        if isinstance(callback, CMessageHandler) or not callable(callback):
            raise TypeError("what is deferred must be callable")
        self._deferred_execution(functools.partial(callback, *args))

    getServerVersionInfo = get_server_version_info
    convertVersionToNumber = convert_version_to_number
    addHttpPreflightHeader = add_http_preflight_header
    setHttpPreflightHeaders = set_http_preflight_headers
    executeAsync = execute_async
    executeAsyncNoResubscribe = execute_async_no_resubscribe
    allocateMessage = allocate_message
    addMessageHandler = add_message_handler
    publishFlush = publish_flush
    startTimer = start_timer
    stopTimer = stop_timer
    getAutoAck = get_auto_ack
    setAutoAck = set_auto_ack
    getAckBatchSize = get_ack_batch_size
    setAckBatchSize = set_ack_batch_size
    getAckTimeout = get_ack_timeout
    setAckTimeout = set_ack_timeout
    getDefaultMaxDepth = get_default_max_depth
    setDefaultMaxDepth = set_default_max_depth
    getRetryOnDisconnect = get_retry_on_disconnect
    setRetryOnDisconnect = set_retry_on_disconnect
    getErrorOnPublishGap = get_error_on_publish_gap
    setErrorOnPublishGap = set_error_on_publish_gap
    setThreadCreatedCallback = set_thread_created_callback
    deferredExecution = deferred_execution


def _ack_bits(acks: str | int) -> int:
    """Acknowledgement types as bits: from a comma list of names, or as they are."""
    if isinstance(acks, int):
        return acks
    bits = 0
    for name in acks.replace(" ", "").split(","):
        if name not in ("", "none", *ACK_BITS):
            raise ValueError(f"{name!r} is not an acknowledgement type; there are {', '.join(ACK_BITS)}")
        bits |= ACK_BITS.get(name, 0)
    return bits


def _with_thread_id(callback: Callable[..., object]) -> Callable[[], None]:
    import inspect
    from threading import get_ident

    try:
        wants = len(inspect.signature(callback).parameters) > 0
    except (TypeError, ValueError):
        wants = False

    def call() -> None:
        try:
            callback(*((get_ident(),) if wants else ()))
        except Exception as error:
            # The receive thread ends here; connect() fails with this class.
            raise ConnectionException(f"the thread-created callback raised {error!r}") from error

    return call


def load_own_openssl() -> None:
    """Load the OpenSSL of this Python, so that libamps uses that one and no second copy."""
    try:
        import _ssl  # noqa: F401
    except ImportError:
        pass  # A Python without TLS; libamps looks for the system's OpenSSL.
