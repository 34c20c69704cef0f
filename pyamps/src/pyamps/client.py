# SPDX-License-Identifier: Apache-2.0
"""Clients: the documented methods on top of the native ones."""

from __future__ import annotations

import functools

from . import _hooks, constants
from ._callbacks import CMessageHandler
from ._client import ACK_BITS, NUMBERS
from ._message import Message
from .aliases import with_camel_case
from .command import Command
from .exceptions import ConnectionException
from .version import VersionInfo, convert_version_to_number

__all__ = ["Client"]

_PUBLISHES = {"publish", "delta_publish"}


def _is_handler(value) -> bool:
    return isinstance(value, CMessageHandler) or callable(value)


def _two_forms(method):
    """Let the handler be left out: then the call returns a stream (or the result itself)."""

    @functools.wraps(method)
    def call(self, *args, **kwargs):
        if "on_message" in kwargs:
            return method(self, kwargs.pop("on_message"), *args, **kwargs)
        if args and (args[0] is None or _is_handler(args[0])):
            return method(self, *args, **kwargs)
        return method(self, None, *args, **kwargs)

    return call


def _number(name, doc, convert=int):
    """A getter and a setter for one of the client's numbers."""
    which = NUMBERS[name]

    def get(self):
        return convert(self._get_number(which))

    def put(self, value):
        self._set_number(which, int(value))

    get.__doc__ = f"{doc}"
    put.__doc__ = f"Set: {doc}"
    return get, put


@with_camel_case
class Client(_hooks.HookedClient):
    """One connection to one server.

    The name is the identity of a publisher: with a transaction log on the server it must be unique
    among connected clients. Without a name a unique one is made up.
    Threads: any may send; handlers run on the receive thread, one at a time.
    """

    _KIND = 1
    Bookmarks = constants.Bookmarks

    def __init__(self, name=None):
        self._open(name, self._KIND)

    def __repr__(self):
        state = "disconnected" if self._get_number(NUMBERS["DISCONNECTED"]) else "connected"
        return f"<{type(self).__name__} {self.get_name()!r} {self._redacted_uri() or 'no server'} {state}>"

    # ---- session ----

    def connect(self, uri):
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

    def logon(self, timeout=0, authenticator=None, options=None):
        """Log on and return the id of the command.

        :param timeout: milliseconds to wait; 0 waits without limit.
        :param authenticator: gives the password; None: that of the URI.
        :param options: option text, such as ``"ack_conflation=100ms"``.
        :raises AuthenticationException: the server refused the credentials.
        :raises NameInUseException: another client uses the name.
        :raises TimedOutException: no answer in time.
        """
        return self._logon(timeout, authenticator, None if options is None else str(options))

    def get_server_version_info(self):
        """Version of the server as :class:`VersionInfo`."""
        return VersionInfo(self._server_version_text())

    convert_version_to_number = staticmethod(convert_version_to_number)

    def add_http_preflight_header(self, header, value=None):
        """Add ``"Name: value"``, or a name and a value, to the HTTP preflight request."""
        self._add_http_preflight_header(header if value is None else f"{header}: {value}")

    def set_http_preflight_headers(self, headers):
        """Replace the headers: an iterable of lines, or a dict."""
        self.clear_http_preflight_headers()
        for line in headers.items() if hasattr(headers, "items") else headers:
            self.add_http_preflight_header(*((line,) if isinstance(line, (str, bytes)) else line))

    # ---- commands ----

    def execute(self, command):
        """Run a command and return its :class:`MessageStream`; for commands without answer it has ended."""
        return self._execute_stream(command._message, command.get_timeout())

    def execute_async(self, command, on_message=None):
        """Run a command whose messages go to ``on_message`` on the receive thread; returns its id."""
        return self._execute(command._message, on_message, command.get_timeout())

    def execute_async_no_resubscribe(self, command, on_message=None):
        """As :meth:`execute_async`; the subscription is not placed again after a reconnect."""
        return self._execute(command._message, on_message, command.get_timeout(), 1)

    def _run(self, command, on_message, timeout):
        if on_message is None:
            return self._execute_stream(command._message, timeout)
        return self._execute(command._message, on_message, timeout)

    def send(self, message, message_handler=None, timeout=None):
        """Send a message made by hand and return its command id; :class:`Command` is preferred."""
        if message.get_command() in _PUBLISHES or message_handler is None:
            self._send(message)
            return message.get_command_id() or ""
        return self._execute(message, message_handler, timeout)

    def allocate_message(self):
        """An empty message for :meth:`send`."""
        return Message(self)

    def add_message_handler(self, command_id, handler, acks=0, is_subscribe=False):
        """Route messages of an id to a handler, without telling the server.

        :param acks: acknowledgements the handler wants: names as comma list, or their bits.
        """
        if isinstance(acks, str):
            acks = sum(ACK_BITS[name.strip()] for name in acks.split(",") if name.strip())
        self._add_route(command_id, handler, acks, bool(is_subscribe))

    @_two_forms
    def subscribe(self, on_message, topic, filter=None, options=None, timeout=0, sub_id=None):
        """Subscribe to a topic.

        :param on_message: handler; left out, a :class:`MessageStream` is returned.
        :param topic: exact name, or a regular expression.
        :param filter: content filter.
        :param options: comma list, or ``Message.Options``.
        :param timeout: milliseconds to wait for the server; 0 waits without limit.
        :param sub_id: id chosen by the program.
        :returns: subscription id, or the stream.
        :raises BadFilterException: and other subclasses of CommandException: the server refused.
        :raises TimedOutException: no answer in time; the subscription is not active.
        """
        command = Command("subscribe").set_topic(topic).set_filter(filter)
        command.set_options(options).set_sub_id(sub_id)
        return self._run(command, on_message, timeout)

    @_two_forms
    def delta_subscribe(self, on_message, topic, filter=None, options=None, timeout=0, sub_id=None):
        """As :meth:`subscribe`; only changed fields are delivered."""
        command = Command("delta_subscribe").set_topic(topic).set_filter(filter)
        command.set_options(options).set_sub_id(sub_id)
        return self._run(command, on_message, timeout)

    @_two_forms
    def bookmark_subscribe(self, on_message, topic, bookmark, filter=None, sub_id=None, options=None, timeout=0):
        """Replay the transaction log from ``bookmark``, then go on with live messages."""
        command = Command("subscribe").set_topic(topic).set_bookmark(bookmark).set_filter(filter)
        command.set_options(options).set_sub_id(sub_id)
        return self._run(command, on_message, timeout)

    @_two_forms
    def sow(
        self, on_message, topic, filter=None, batch_size=10, timeout=0, top_n=None, order_by=None,
        bookmark=None, options=None,
    ):  # fmt: skip
        """Query the current records of a topic: group_begin, sow …, group_end."""
        command = self._query("sow", topic, filter, batch_size, top_n, order_by, bookmark, options)
        return self._run(command, on_message, timeout)

    @_two_forms
    def sow_and_subscribe(
        self, on_message, topic, filter=None, batch_size=10, oof_enabled=False, timeout=0, top_n=None,
        order_by=None, bookmark=None, options=None,
    ):  # fmt: skip
        """Query, and subscribe without a gap. ``oof_enabled``: tell what leaves the result."""
        command = self._query("sow_and_subscribe", topic, filter, batch_size, top_n, order_by, bookmark, options)
        if oof_enabled:
            _add_option(command, "oof")
        return self._run(command, on_message, timeout)

    @_two_forms
    def sow_and_delta_subscribe(
        self, on_message, topic, filter=None, batch_size=10, oof_enabled=False, send_empties=False, timeout=0,
        top_n=None, order_by=None, options=None,
    ):  # fmt: skip
        """Query, then deliver changed fields. ``send_empties``: also updates that change nothing."""
        command = self._query("sow_and_delta_subscribe", topic, filter, batch_size, top_n, order_by, None, options)
        if oof_enabled:
            _add_option(command, "oof")
        if not send_empties:
            _add_option(command, "no_empties")
        return self._run(command, on_message, timeout)

    @staticmethod
    def _query(name, topic, filter, batch_size, top_n, order_by, bookmark, options):
        command = Command(name).set_topic(topic).set_filter(filter).set_order_by(order_by)
        command.set_bookmark(bookmark).set_options(options)
        if batch_size is not None:
            command.set_batch_size(batch_size)
        if top_n is not None:
            command.set_top_n(top_n)
        return command

    def _delete(self, command, on_message, timeout):
        command.set_ack_type("stats")
        if on_message is not None:
            return self._execute(command._message, on_message, timeout)
        with self._execute_stream(command._message, timeout) as stream:
            return next(stream, None)

    @_two_forms
    def sow_delete(self, on_message, topic, filter=None, options=None, timeout=0):
        """Delete the records a filter selects.

        :returns: the ``stats`` acknowledgement, or the id when there is a handler for it.
        """
        command = Command("sow_delete").set_topic(topic).set_filter(filter).set_options(options)
        return self._delete(command, on_message, timeout)

    @_two_forms
    def sow_delete_by_data(self, on_message, topic, data, timeout=0):
        """Delete the record that ``data`` would have updated."""
        return self._delete(Command("sow_delete").set_topic(topic).set_data(data), on_message, timeout)

    @_two_forms
    def sow_delete_by_keys(self, on_message, topic, keys, timeout=0):
        """Delete records by their SOW keys: a comma list, or an iterable of keys."""
        return self._delete(Command("sow_delete").set_topic(topic).set_sow_keys(keys), on_message, timeout)

    def unsubscribe(self, sub_id=None):
        """End one subscription, a comma list of them, or all. Does not wait."""
        self._unsubscribe(sub_id)

    def ack(self, topic, bookmark=None, options=None):
        """Acknowledge queue messages: ``ack(topic, bookmark)`` or ``ack(message)``."""
        if isinstance(topic, Message):
            topic.ack(bookmark if options is None else options)
        else:
            self._ack(topic, bookmark, options)

    def flush(self, timeout=0):
        """Wait until the server has processed everything sent before.

        :param timeout: milliseconds; 0 waits without limit.
        :raises TimedOutException: no answer in time.
        """
        self._execute(Command("flush")._message, None, timeout)

    def publish_flush(self, timeout=0, ack_type=None):
        """Wait until all publishes are persisted, or without a store: processed.

        :param timeout: milliseconds; 0 waits without limit.
        :raises TimedOutException: no answer in time.
        """
        if isinstance(ack_type, str):
            ack_type = ACK_BITS[ack_type]
        self._publish_flush(timeout, ack_type or 0)

    def start_timer(self):
        """Legacy command ``start_timer``."""
        self._execute(Command("start_timer")._message, None, 0)

    def stop_timer(self, handler):
        """Legacy command ``stop_timer``; its acknowledgement goes to ``handler``."""
        return self._execute(Command("stop_timer")._message, handler, 0)

    # ---- settings ----

    get_auto_ack, set_auto_ack = _number("AUTO_ACK", "acknowledge queue messages by themselves.", bool)
    get_ack_batch_size, set_ack_batch_size = _number("ACK_BATCH_SIZE", "acknowledgements sent together.")
    get_ack_timeout, set_ack_timeout = _number("ACK_TIMEOUT_MS", "milliseconds an acknowledgement may wait.")
    get_default_max_depth, set_default_max_depth = _number(
        "DEFAULT_MAX_DEPTH", "messages a new stream holds before reading pauses; 0: no limit."
    )
    get_retry_on_disconnect, set_retry_on_disconnect = _number(
        "RETRY_ON_DISCONNECT", "send a command again when its connection was lost.", bool
    )
    get_error_on_publish_gap, set_error_on_publish_gap = _number(
        "ERROR_ON_PUBLISH_GAP", "fail the logon when the server lost messages.", bool
    )

    def set_thread_created_callback(self, callback):
        """Called first on each receive thread, with its id if the callable takes an argument."""
        if callback is None:
            return self._set_thread_created(None)
        if isinstance(callback, CMessageHandler) or not callable(callback):
            raise TypeError("a thread-created callback must be callable")
        return self._set_thread_created(_with_thread_id(callback))

    def deferred_execution(self, callback, *args):
        """Run ``callback(*args)`` once on the receive thread, between two messages."""
        if isinstance(callback, CMessageHandler) or not callable(callback):
            raise TypeError("what is deferred must be callable")
        self._deferred_execution(functools.partial(callback, *args))


def _add_option(command, option):
    options = Message.Options(command.get_options() or "")
    command.set_options(options._set(option))


def _with_thread_id(callback):
    import inspect
    from threading import get_ident

    try:
        wants = len(inspect.signature(callback).parameters) > 0
    except (TypeError, ValueError):
        wants = False

    def call():
        try:
            callback(*((get_ident(),) if wants else ()))
        except Exception as error:
            # The receive thread ends here; connect() fails with this class.
            raise ConnectionException(f"the thread-created callback raised {error!r}") from error

    return call


def load_own_openssl():
    """Load the OpenSSL of this Python, so that libamps uses that one and no second copy."""
    try:
        import _ssl  # noqa: F401
    except ImportError:
        pass  # A Python without TLS; libamps looks for the system's OpenSSL.
