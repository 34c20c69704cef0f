# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterable
from typing import overload

from ._hooks import HookedClient
from ._message import Message
from ._stream import MessageStream
from .command import Command
from .typing import MessageHandler, OptionText, Payload, Text, Timeout

__all__ = ["NamedCommands"]

class NamedCommands(HookedClient):
    def _run(self, command: Command, on_message: MessageHandler | None, timeout: Timeout) -> str | MessageStream: ...
    @overload
    def subscribe(
        self,
        on_message: MessageHandler,
        topic: Text,
        filter: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
        sub_id: Text | None = None,
    ) -> str: ...
    @overload
    def subscribe(
        self,
        topic: Text,
        filter: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
        sub_id: Text | None = None,
        *,
        on_message: None = None,
    ) -> MessageStream: ...
    @overload
    def delta_subscribe(
        self,
        on_message: MessageHandler,
        topic: Text,
        filter: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
        sub_id: Text | None = None,
    ) -> str: ...
    @overload
    def delta_subscribe(
        self,
        topic: Text,
        filter: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
        sub_id: Text | None = None,
        *,
        on_message: None = None,
    ) -> MessageStream: ...
    @overload
    def bookmark_subscribe(
        self,
        on_message: MessageHandler,
        topic: Text,
        bookmark: Text,
        filter: Text | None = None,
        sub_id: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
    ) -> str: ...
    @overload
    def bookmark_subscribe(
        self,
        topic: Text,
        bookmark: Text,
        filter: Text | None = None,
        sub_id: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
        *,
        on_message: None = None,
    ) -> MessageStream: ...
    @overload
    def sow(
        self,
        on_message: MessageHandler,
        topic: Text,
        filter: Text | None = None,
        batch_size: int | None = 10,
        timeout: Timeout = 0,
        top_n: int | None = None,
        order_by: Text | None = None,
        bookmark: Text | None = None,
        options: OptionText = None,
    ) -> str: ...
    @overload
    def sow(
        self,
        topic: Text,
        filter: Text | None = None,
        batch_size: int | None = 10,
        timeout: Timeout = 0,
        top_n: int | None = None,
        order_by: Text | None = None,
        bookmark: Text | None = None,
        options: OptionText = None,
        *,
        on_message: None = None,
    ) -> MessageStream: ...
    @overload
    def sow_and_subscribe(
        self,
        on_message: MessageHandler,
        topic: Text,
        filter: Text | None = None,
        batch_size: int | None = 10,
        oof_enabled: bool = False,
        timeout: Timeout = 0,
        top_n: int | None = None,
        order_by: Text | None = None,
        bookmark: Text | None = None,
        options: OptionText = None,
    ) -> str: ...
    @overload
    def sow_and_subscribe(
        self,
        topic: Text,
        filter: Text | None = None,
        batch_size: int | None = 10,
        oof_enabled: bool = False,
        timeout: Timeout = 0,
        top_n: int | None = None,
        order_by: Text | None = None,
        bookmark: Text | None = None,
        options: OptionText = None,
        *,
        on_message: None = None,
    ) -> MessageStream: ...
    @overload
    def sow_and_delta_subscribe(
        self,
        on_message: MessageHandler,
        topic: Text,
        filter: Text | None = None,
        batch_size: int | None = 10,
        oof_enabled: bool = False,
        send_empties: bool = False,
        timeout: Timeout = 0,
        top_n: int | None = None,
        order_by: Text | None = None,
        options: OptionText = None,
    ) -> str: ...
    @overload
    def sow_and_delta_subscribe(
        self,
        topic: Text,
        filter: Text | None = None,
        batch_size: int | None = 10,
        oof_enabled: bool = False,
        send_empties: bool = False,
        timeout: Timeout = 0,
        top_n: int | None = None,
        order_by: Text | None = None,
        options: OptionText = None,
        *,
        on_message: None = None,
    ) -> MessageStream: ...
    @overload
    def sow_delete(
        self,
        on_message: MessageHandler,
        topic: Text,
        filter: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
    ) -> str: ...
    @overload
    def sow_delete(
        self,
        topic: Text,
        filter: Text | None = None,
        options: OptionText = None,
        timeout: Timeout = 0,
        *,
        on_message: None = None,
    ) -> Message: ...
    @overload
    def sow_delete_by_data(
        self, on_message: MessageHandler, topic: Text, data: Payload, timeout: Timeout = 0
    ) -> str: ...
    @overload
    def sow_delete_by_data(
        self, topic: Text, data: Payload, timeout: Timeout = 0, *, on_message: None = None
    ) -> Message: ...
    @overload
    def sow_delete_by_keys(
        self, on_message: MessageHandler, topic: Text, keys: Text | Iterable[str], timeout: Timeout = 0
    ) -> str: ...
    @overload
    def sow_delete_by_keys(
        self, topic: Text, keys: Text | Iterable[str], timeout: Timeout = 0, *, on_message: None = None
    ) -> Message: ...
    @overload
    def sow_delete_by_keys(
        self, on_message: None, topic: Text, keys: Text | Iterable[str], timeout: Timeout = 0
    ) -> Message: ...

    deltaSubscribe = delta_subscribe
    bookmarkSubscribe = bookmark_subscribe
    sowAndSubscribe = sow_and_subscribe
    sowAndDeltaSubscribe = sow_and_delta_subscribe
    sowDelete = sow_delete
    sowDeleteByData = sow_delete_by_data
    sowDeleteByKeys = sow_delete_by_keys
