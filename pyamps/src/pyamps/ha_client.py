# SPDX-License-Identifier: Apache-2.0
"""The client that connects again by itself."""

from __future__ import annotations

import os

from ._client import NUMBERS
from ._message import Message
from .client import Client, load_own_openssl
from .delay import ExponentialDelayStrategy, FixedDelayStrategy
from .exceptions import UsageException
from .options import option_text
from .stores import LoggedBookmarkStore, MemoryBookmarkStore, MemoryPublishStore
from .stores import PublishStore as FilePublishStore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .typing import Authenticator, BookmarkStore, OptionText, PublishStore, StorePath, Text, Timeout

__all__ = ["HAClient"]

_TIMEOUT_MS = 10_000  # Of connect_and_logon() unless set.


class HAClient(Client):
    """A client that chooses a server, logs on, and does so again when the connection is lost.

    Subscriptions are placed again after a reconnect; what the server had not persisted is published again, and
    bookmark subscriptions go on where they were. A server chooser is needed before :meth:`connect_and_logon`.
    """

    _KIND = 2
    _default_resubscription_timeout_ms = 0

    def __init__(
        self,
        name: Text | None = None,
        publish_store: PublishStore | StorePath | None = None,
        bookmark_store: BookmarkStore | StorePath | None = None,
        no_store: bool = False,
    ) -> None:
        """
        :param name: as for :class:`Client`.
        :param publish_store: path of a file, or an object with the methods of a publish store; None: in memory.
        :param bookmark_store: path of a file, or an object with the methods of a bookmark store; None: in memory.
        :param no_store: no stores at all.
        :raises StoreException: a file is damaged, or another store has it.
        """
        super().__init__(name)
        self.set_timeout(_TIMEOUT_MS)
        self._reconnect_delay_ms = 200
        self.set_reconnect_delay_strategy(ExponentialDelayStrategy())
        self.set_resubscription_timeout(self._default_resubscription_timeout_ms)
        if no_store and (publish_store is not None or bookmark_store is not None):
            raise UsageException("no_store excludes publish_store and bookmark_store")
        if no_store:
            return
        if publish_store is None:
            publish_store = MemoryPublishStore()
        elif isinstance(publish_store, (str, bytes, os.PathLike)):
            publish_store = FilePublishStore(publish_store)
        if bookmark_store is None:
            bookmark_store = MemoryBookmarkStore()
        elif isinstance(bookmark_store, (str, bytes, os.PathLike)):
            bookmark_store = LoggedBookmarkStore(bookmark_store)
        self.set_publish_store(publish_store)
        self.set_bookmark_store(bookmark_store)

    @staticmethod
    def create_memory_backed(name: Text | None = None) -> HAClient:
        """A client with both stores in memory."""
        return HAClient(name, MemoryPublishStore(), MemoryBookmarkStore())

    @staticmethod
    def create_file_backed(publish_path: StorePath, bookmark_path: StorePath, name: Text | None = None) -> HAClient:
        """A client with both stores in files, which the next client of the same name goes on with."""
        return HAClient(name, publish_path, bookmark_path)

    def connect(self, uri: Text) -> None:
        """Not for a client with a server chooser: use :meth:`connect_and_logon`."""
        if self.get_server_chooser() is not None:
            raise UsageException("the server chooser says where to connect: call connect_and_logon()")
        super().connect(uri)

    def logon(
        self, timeout: Timeout = 0, authenticator: Authenticator | None = None, options: OptionText = None
    ) -> str:
        """Not for a client with a server chooser: use :meth:`connect_and_logon`."""
        if self.get_server_chooser() is not None:
            raise UsageException("the server chooser says how to log on: call connect_and_logon()")
        return super().logon(timeout, authenticator, options)

    def connect_and_logon(self) -> None:
        """Choose a server, connect, log on, recover; again until it works or somebody gives up.

        :raises ConnectionException: there is no server chooser, or it has no URI.
        :raises TimedOutException: the limit of :meth:`set_timeout` passed.
        :raises ReconnectMaximumExceededException: the delay strategy gave up.
        :raises BaseException: what an authenticator, the chooser or the strategy raised, as it was raised.
        """
        load_own_openssl()
        self._connect_and_logon()

    def disconnected(self) -> bool:
        """True when there is no session and none is being restored."""
        return bool(self._get_number(NUMBERS["DISCONNECTED"]))

    def get_timeout(self) -> int:
        """Milliseconds connect_and_logon may take; 0: no limit."""
        return self._get_number(NUMBERS["TIMEOUT_MS"])

    def set_timeout(self, timeout_ms: int) -> None:
        """Let connect_and_logon take at most so many milliseconds; 0: no limit."""
        self._set_number(NUMBERS["TIMEOUT_MS"], int(timeout_ms))

    def get_resubscription_timeout(self) -> int:
        """Milliseconds each resubscription may take; 0: no limit."""
        return self._get_number(NUMBERS["RESUBSCRIPTION_TIMEOUT_MS"])

    def set_resubscription_timeout(self, timeout_ms: int) -> None:
        """Let each resubscription take at most so many milliseconds; 0: no limit."""
        self._set_number(NUMBERS["RESUBSCRIPTION_TIMEOUT_MS"], int(timeout_ms))

    @staticmethod
    def set_default_resubscription_timeout(timeout_ms: int) -> None:
        """For clients made later."""
        HAClient._default_resubscription_timeout_ms = int(timeout_ms)

    @staticmethod
    def get_default_resubscription_timeout() -> int:
        return HAClient._default_resubscription_timeout_ms

    def set_reconnect_delay(self, delay_ms: int) -> None:
        """Wait so many milliseconds before a server is tried again."""
        self.set_reconnect_delay_strategy(FixedDelayStrategy(delay_ms))
        self._reconnect_delay_ms = int(delay_ms)

    def get_reconnect_delay(self) -> int:
        return self._reconnect_delay_ms

    def set_logon_options(self, options: OptionText) -> None:
        """Options of each logon, a comma list."""
        self._set_logon_options(option_text(options))

    def get_logon_options(self) -> str:
        return self._get_logon_options()

    def discard(self, message: Message | str, bookmark_seq_no: int | None = None) -> None:
        """Tell the bookmark store that a message is processed.

        The form ``discard(sub_id, bookmark_seq_no)`` is deprecated.
        """
        if isinstance(message, Message):
            super().discard(message)
        elif bookmark_seq_no is None:
            raise TypeError(f"discard() takes a Message, or a subscription id and a number, not {message!r}")
        elif (store := self.get_bookmark_store()) is not None:
            store.discard(message, bookmark_seq_no)

    def get_most_recent(self, sub_id: str) -> str:
        """Bookmark a subscription would resume from; "0" when nothing is known."""
        store = self.get_bookmark_store()
        return "0" if store is None else str(store.get_most_recent(sub_id))

    def prune_store(self, tmp_file_name: object = None) -> None:
        """Let the bookmark store write its file anew without what is finished."""
        prune = getattr(self.get_bookmark_store(), "prune", None)
        if prune is not None:
            prune(*(() if tmp_file_name is None else (tmp_file_name,)))

    connectAndLogon = connect_and_logon
    createMemoryBacked = create_memory_backed
    createFileBacked = create_file_backed
    pruneStore = prune_store
    getTimeout = get_timeout
    setTimeout = set_timeout
    getResubscriptionTimeout = get_resubscription_timeout
    setResubscriptionTimeout = set_resubscription_timeout
    setDefaultResubscriptionTimeout = set_default_resubscription_timeout
    getDefaultResubscriptionTimeout = get_default_resubscription_timeout
    setReconnectDelay = set_reconnect_delay
    getReconnectDelay = get_reconnect_delay
    setLogonOptions = set_logon_options
    getLogonOptions = get_logon_options
    getMostRecent = get_most_recent
