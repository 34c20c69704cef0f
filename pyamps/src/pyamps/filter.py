# SPDX-License-Identifier: Apache-2.0
"""Content filters without a server: the broker's own code, asked directly."""

from __future__ import annotations

from ._broker import NativeFilter
from .typing import Text

__all__ = ["Filter"]


class Filter(NativeFilter):
    """A compiled content filter, or any expression of its language.

    >>> Filter("/price > 100 AND /symbol = 'IBM'").matches('{"symbol":"IBM","price":101}')
    True

    :param text: the expression.
    :param message_type: how bodies are written: ``json``, ``nvfix``, ``fix``, ``xml`` and the other types with fields.
    :raises BadFilterException: the text is wrong; ``offset`` of the exception is the place in bytes, and its
        text what was expected there.
    Threads: one at a time. Source: ``amps_broker_filter_new``; docs/guide/filters.
    """

    def __init__(self, text: Text, message_type: str = "json") -> None:
        super().__init__(text, message_type)

    def matches(self, body: Text) -> bool:
        """Say whether a subscription with this filter would get a message.

        :raises PublishException: the body cannot be read.
        """
        return super().matches(body)

    def evaluate(self, body: Text) -> bool | int | float | str | None:
        """Return what the expression gives for a message: of an array the first element, ``None`` for NULL.

        :raises PublishException: the body cannot be read.
        """
        return super().evaluate(body)

    def explain(self) -> str:
        """Return, for people, how the text was understood and how the broker finds the filter among others."""
        return super().explain()
