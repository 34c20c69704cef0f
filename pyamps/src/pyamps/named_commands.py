# SPDX-License-Identifier: Apache-2.0
"""The commands with a method of their own: subscriptions, queries and deletes.

Each has two forms: with a handler it returns the id at once and messages go to the handler; without
one it returns a stream, or the acknowledgement. The stub beside this file has the types of both.
"""

from __future__ import annotations

import functools

from ._callbacks import CMessageHandler
from ._hooks import HookedClient
from ._message import Message
from .command import Command
from .exceptions import DisconnectedException, TimedOutException

__all__ = ["NamedCommands"]


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


class NamedCommands(HookedClient):
    """The named commands of a client."""

    def _run(self, command, on_message, timeout):
        if on_message is None:
            return self._execute_stream(command._message, timeout)
        return self._execute(command._message, on_message, timeout)

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
            for acknowledgement in stream.timeout(timeout):
                if acknowledgement is None:
                    raise TimedOutException(f"no stats acknowledgement within {timeout} ms")
                return acknowledgement
        raise DisconnectedException("the connection was lost before the stats acknowledgement came")

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

    deltaSubscribe = delta_subscribe
    bookmarkSubscribe = bookmark_subscribe
    sowAndSubscribe = sow_and_subscribe
    sowAndDeltaSubscribe = sow_and_delta_subscribe
    sowDelete = sow_delete
    sowDeleteByData = sow_delete_by_data
    sowDeleteByKeys = sow_delete_by_keys


def _add_option(command, option):
    options = Message.Options(command.get_options() or "")
    command.set_options(options._set(option))
