# SPDX-License-Identifier: Apache-2.0
"""One outgoing command."""

from __future__ import annotations

from ._message import Message
from .options import option_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .typing import OptionText, Payload, Text, Timeout

__all__ = ["Command"]


class Command:
    """A command with its fields. Setters return ``self``; a command may be executed many times.

    Names the client does not know are sent unchanged, so that it works with newer servers.
    Threads: one at a time.
    """

    def __init__(self, command: Text) -> None:
        """:param command: name of the command: ``"subscribe"``, ``Message.Command.SOW``, …"""
        self._message = Message()
        self._timeout: Timeout = 0
        self._message.set_command(command)

    def reset(self, command: Text) -> Command:
        """Clear every field and set another command."""
        self._message.reset()
        self._timeout = 0
        self._message.set_command(command)
        return self

    def __repr__(self) -> str:
        return str(self._message).replace("Message(", "Command(", 1)

    def set_topic(self, topic: Text) -> Command:
        """Exact topic or regular expression."""
        self._message.set_topic(topic)
        return self

    def set_filter(self, filter: Text | None) -> Command:
        """Content filter."""
        self._message.set_filter(filter)
        return self

    def set_options(self, options: OptionText) -> Command:
        """Comma list or ``Message.Options``."""
        self._message.set_options(option_text(options))
        return self

    def set_bookmark(self, bookmark: Text | None) -> Command:
        """Bookmark, comma list, time stamp, range, or one of ``Client.Bookmarks``."""
        self._message.set_bookmark(bookmark)
        return self

    def set_sub_id(self, sub_id: Text | None) -> Command:
        """Subscription id chosen by the program."""
        self._message.set_sub_id(sub_id)
        return self

    def set_query_id(self, query_id: Text | None) -> Command:
        self._message.set_query_id(query_id)
        return self

    def set_command_id(self, command_id: Text | None) -> Command:
        """Command id; made up for each execution when missing."""
        self._message.set_command_id(command_id)
        return self

    def set_batch_size(self, count: int) -> Command:
        """Records of a query in one frame."""
        self._message.set_batch_size(int(count))
        return self

    def set_top_n(self, count: int) -> Command:
        """Most records a query returns."""
        self._message.set_top_n(int(count))
        return self

    def set_order_by(self, order_by: Text | None) -> Command:
        """Order of a query: ``"/price DESC, /id"``."""
        self._message.set_order_by(order_by)
        return self

    def set_data(self, data: Payload | None) -> Command:
        """Payload: str, bytes or bytes-like."""
        self._message.set_data(data)
        return self

    def set_expiration(self, seconds: int) -> Command:
        """Seconds a record lives."""
        self._message.set_expiration(int(seconds))
        return self

    def set_correlation_id(self, correlation_id: Text | None) -> Command:
        """Text of the base64 alphabet that subscribers get unchanged."""
        self._message.set_correlation_id(correlation_id)
        return self

    def set_sow_key(self, sow_key: Text | None) -> Command:
        self._message.set_sow_key(sow_key)
        return self

    def set_sow_keys(self, sow_keys: Text | Iterable[str] | None) -> Command:
        """Keys of records: a comma list, or an iterable of keys."""
        if sow_keys is not None and not isinstance(sow_keys, (str, bytes)):
            sow_keys = ",".join(sow_keys)
        self._message.set_sow_keys(sow_keys)
        return self

    def set_sequence(self, sequence: int | str) -> Command:
        self._message.set_sequence(int(sequence))
        return self

    def set_ack_type(self, ack_types: Text | None) -> Command:
        """Acknowledgements the program wants to see, a comma list. Replaces."""
        self._message.set_ack_type(ack_types)
        return self

    def add_ack_type(self, ack_type: str) -> Command:
        """One more acknowledgement the program wants to see."""
        known = [name for name in (self._message.get_ack_type() or "").split(",") if name]
        if ack_type not in known:
            known.append(ack_type)
        self._message.set_ack_type(",".join(known))
        return self

    def set_timeout(self, timeout: Timeout) -> Command:
        """Milliseconds, or a timedelta, to wait for the processed acknowledgement; 0: no limit."""
        self._timeout = timeout
        return self

    def set_client_name(self, name: Text | None) -> Command:
        self._message.set_client_name(name)
        return self

    def set_user_id(self, user_id: Text | None) -> Command:
        self._message.set_user_id(user_id)
        return self

    def set_password(self, password: Text | None) -> Command:
        self._message.set_password(password)
        return self

    def set_version(self, version: Text | None) -> Command:
        self._message.set_version(version)
        return self

    def set_message_type(self, message_type: Text | None) -> Command:
        self._message.set_message_type(message_type)
        return self

    def get_command(self) -> str | None:
        return self._message.get_command()

    def get_topic(self) -> str | None:
        return self._message.get_topic()

    def get_filter(self) -> str | None:
        return self._message.get_filter()

    def get_options(self) -> str | None:
        return self._message.get_options()

    def get_bookmark(self) -> str | None:
        return self._message.get_bookmark()

    def get_sub_id(self) -> str | None:
        return self._message.get_sub_id()

    def get_query_id(self) -> str | None:
        return self._message.get_query_id()

    def get_command_id(self) -> str | None:
        return self._message.get_command_id()

    def get_batch_size(self) -> int:
        return self._message.get_batch_size()

    def get_top_n(self) -> int:
        return self._message.get_top_n()

    def get_order_by(self) -> str | None:
        return self._message.get_order_by()

    def get_data(self) -> str | None:
        return self._message.get_data()

    def get_expiration(self) -> int:
        return self._message.get_expiration()

    def get_correlation_id(self) -> str | None:
        return self._message.get_correlation_id()

    def get_sow_key(self) -> str | None:
        return self._message.get_sow_key()

    def get_sow_keys(self) -> str | None:
        return self._message.get_sow_keys()

    def get_sequence(self) -> int:
        return self._message.get_sequence()

    def get_ack_type(self) -> str | None:
        return self._message.get_ack_type()

    def get_timeout(self) -> Timeout:
        return self._timeout

    def get_client_name(self) -> str | None:
        return self._message.get_client_name()

    def get_user_id(self) -> str | None:
        return self._message.get_user_id()

    def get_password(self) -> str | None:
        return self._message.get_password()

    def get_version(self) -> str | None:
        return self._message.get_version()

    def get_message_type(self) -> str | None:
        return self._message.get_message_type()

    setTopic = set_topic
    setFilter = set_filter
    setOptions = set_options
    setBookmark = set_bookmark
    setSubId = set_sub_id
    setQueryId = set_query_id
    setCommandId = set_command_id
    setBatchSize = set_batch_size
    setTopN = set_top_n
    setOrderBy = set_order_by
    setData = set_data
    setExpiration = set_expiration
    setCorrelationId = set_correlation_id
    setSowKey = set_sow_key
    setSowKeys = set_sow_keys
    setSequence = set_sequence
    setAckType = set_ack_type
    addAckType = add_ack_type
    setTimeout = set_timeout
    setClientName = set_client_name
    setUserId = set_user_id
    setPassword = set_password
    setVersion = set_version
    setMessageType = set_message_type
    getCommand = get_command
    getTopic = get_topic
    getFilter = get_filter
    getOptions = get_options
    getBookmark = get_bookmark
    getSubId = get_sub_id
    getQueryId = get_query_id
    getCommandId = get_command_id
    getBatchSize = get_batch_size
    getTopN = get_top_n
    getOrderBy = get_order_by
    getData = get_data
    getExpiration = get_expiration
    getCorrelationId = get_correlation_id
    getSowKey = get_sow_key
    getSowKeys = get_sow_keys
    getSequence = get_sequence
    getAckType = get_ack_type
    getTimeout = get_timeout
    getClientName = get_client_name
    getUserId = get_user_id
    getPassword = get_password
    getVersion = get_version
    getMessageType = get_message_type
