# SPDX-License-Identifier: Apache-2.0
"""Which server an :class:`HAClient` connects to."""

from __future__ import annotations

from ._plugins import NativeChooser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

    from .typing import Text

__all__ = ["DefaultServerChooser"]


class DefaultServerChooser(NativeChooser):
    """Goes round a list of servers: stays after a success, moves on after a failure.

    Runs without Python unless a subclass overrides its methods.
    """

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._is_native = False

    def add_all(self, uris: Iterable[Text]) -> Self:
        """Append servers; returns ``self``."""
        for uri in uris:
            self.add(uri)
        return self

    addAll = add_all
