# SPDX-License-Identifier: Apache-2.0
"""Which server an :class:`HAClient` connects to."""

from __future__ import annotations

from ._plugins import NativeChooser
from .aliases import with_camel_case

__all__ = ["DefaultServerChooser"]


@with_camel_case
class DefaultServerChooser(NativeChooser):
    """Goes round a list of servers: stays after a success, moves on after a failure.

    Runs without Python unless a subclass overrides its methods.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls._is_native = False

    def add_all(self, uris):
        """Append servers; returns ``self``."""
        for uri in uris:
            self.add(uri)
        return self
