# SPDX-License-Identifier: Apache-2.0
"""States of a connection."""

from __future__ import annotations

__all__ = ["ConnectionStateListener"]


class ConnectionStateListener:
    """Constants for state listeners, and a base class for those that are objects.

    Threads: the one that makes the transition, often the receive thread; do not wait for the server.
    """

    Disconnected = 0
    Shutdown = 1
    Connected = 2
    LoggedOn = 4
    PublishReplayed = 8
    HeartbeatInitiated = 16
    Resubscribed = 32
    UNKNOWN = 16384

    def connection_state_changed(self, state: int) -> None:
        """Called with one of the constants."""
