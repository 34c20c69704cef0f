# SPDX-License-Identifier: Apache-2.0
"""The client that connects again by itself."""

from __future__ import annotations

from ._client import NUMBERS
from .aliases import with_camel_case
from .client import Client, _number, load_own_openssl
from .delay import ExponentialDelayStrategy, FixedDelayStrategy
from .exceptions import UsageException

__all__ = ["HAClient"]


@with_camel_case
class HAClient(Client):
    """A client that chooses a server, logs on, and does so again when the connection is lost.

    Subscriptions are placed again after a reconnect. A server chooser is needed before
    :meth:`connect_and_logon`.
    """

    _KIND = 2
    _default_resubscription_timeout_ms = 0

    def __init__(self, name=None, publish_store=None, bookmark_store=None, no_store=False):
        """
        :param name: as for :class:`Client`.
        :param publish_store: object with the methods of a publish store.
        :param bookmark_store: object with the methods of a bookmark store.
        :param no_store: no stores at all.
        """
        super().__init__(name)
        self._reconnect_delay_ms = 200
        self.set_reconnect_delay_strategy(ExponentialDelayStrategy())
        self.set_resubscription_timeout(self._default_resubscription_timeout_ms)
        if no_store and (publish_store is not None or bookmark_store is not None):
            raise UsageException("no_store excludes publish_store and bookmark_store")
        if publish_store is not None:
            self.set_publish_store(publish_store)
        if bookmark_store is not None:
            self.set_bookmark_store(bookmark_store)

    def connect(self, uri):
        """Not for a client with a server chooser: use :meth:`connect_and_logon`."""
        if self.get_server_chooser() is not None:
            raise UsageException("the server chooser says where to connect: call connect_and_logon()")
        super().connect(uri)

    def logon(self, timeout=0, authenticator=None, options=None):
        """Not for a client with a server chooser: use :meth:`connect_and_logon`."""
        if self.get_server_chooser() is not None:
            raise UsageException("the server chooser says how to log on: call connect_and_logon()")
        return super().logon(timeout, authenticator, options)

    def connect_and_logon(self):
        """Choose a server, connect, log on, recover; again until it works or somebody gives up.

        :raises ConnectionException: there is no server chooser, or it has no URI.
        :raises TimedOutException: the limit of :meth:`set_timeout` passed.
        :raises ReconnectMaximumExceededException: the delay strategy gave up.
        """
        load_own_openssl()
        self._connect_and_logon()

    def disconnected(self):
        """True when there is no session and none is being restored."""
        return bool(self._get_number(NUMBERS["DISCONNECTED"]))

    get_timeout, set_timeout = _number("TIMEOUT_MS", "milliseconds connect_and_logon may take; 0: no limit.")
    get_resubscription_timeout, set_resubscription_timeout = _number(
        "RESUBSCRIPTION_TIMEOUT_MS", "milliseconds each resubscription may take; 0: no limit."
    )

    @classmethod
    def set_default_resubscription_timeout(cls, timeout_ms):
        """For clients made later."""
        HAClient._default_resubscription_timeout_ms = int(timeout_ms)

    @classmethod
    def get_default_resubscription_timeout(cls):
        return HAClient._default_resubscription_timeout_ms

    def set_reconnect_delay(self, delay_ms):
        """Wait so many milliseconds before a server is tried again."""
        self.set_reconnect_delay_strategy(FixedDelayStrategy(delay_ms))
        self._reconnect_delay_ms = int(delay_ms)

    def get_reconnect_delay(self):
        return self._reconnect_delay_ms

    def set_logon_options(self, options):
        """Options of each logon, a comma list."""
        self._set_logon_options(None if options is None else str(options))

    def get_logon_options(self):
        return self._get_logon_options()

    def discard(self, message, bookmark_seq_no=None):
        """Tell the bookmark store that a message is processed.

        The form ``discard(sub_id, bookmark_seq_no)`` is deprecated.
        """
        if bookmark_seq_no is None:
            return super().discard(message)
        store = self.get_bookmark_store()
        return None if store is None else store.discard(message, bookmark_seq_no)

    def get_most_recent(self, sub_id):
        """Bookmark a subscription would resume from; "0" when nothing is known."""
        store = self.get_bookmark_store()
        return "0" if store is None else store.get_most_recent(sub_id)
