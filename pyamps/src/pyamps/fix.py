# SPDX-License-Identifier: Apache-2.0
"""Payloads of ``key=value`` fields: FIX (numbers as keys) and NVFIX (names as keys)."""

from __future__ import annotations

from ._message import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["FIXBuilder", "FIXShredder", "NVFIXBuilder", "NVFIXShredder"]


def _text(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


class _Builder:
    def __init__(self, field_sep: str | bytes = "\x01") -> None:
        """:param field_sep: what ends a field."""
        self._separator = _text(field_sep)
        self._fields: list[str] = []

    def _append(self, key: str, value: Any, offset: int, length: int | None) -> None:
        text = _text(value)
        end = None if length is None else offset + length
        self._fields.append(f"{key}={text[offset:end]}{self._separator}")

    def get_string(self) -> str:
        """The payload as text."""
        return "".join(self._fields)

    def get_bytes(self) -> bytes:
        """The payload as bytes."""
        return self.get_string().encode("utf-8", "surrogateescape")

    def reset(self) -> None:
        """Forget all fields."""
        self._fields.clear()

    clear = reset

    def size(self) -> int:
        """Bytes of the payload."""
        return len(self.get_bytes())

    def __str__(self) -> str:
        return self.get_string()

    getString = get_string
    getBytes = get_bytes


class FIXBuilder(_Builder):
    """Builds a FIX payload."""

    def append(self, tag: int, value: Any, offset: int = 0, length: int | None = None) -> FIXBuilder:
        """Add a field, or with offset and length a part of ``value``; returns ``self``.

        :raises ValueError: the tag is negative.
        """
        if int(tag) < 0:
            raise ValueError(f"a FIX tag is not negative: {tag}")
        self._append(str(int(tag)), value, offset, length)
        return self


class NVFIXBuilder(_Builder):
    """Builds an NVFIX payload."""

    def append(self, key: str | bytes, value: Any, offset: int = 0, length: int | None = None) -> NVFIXBuilder:
        """Add a field, or with offset and length a part of ``value``; returns ``self``."""
        self._append(_text(key), value, offset, length)
        return self


class _Shredder:
    def __init__(self, field_sep: str | bytes = "\x01") -> None:
        """:param field_sep: what ends a field."""
        self._separator = _text(field_sep)

    def _pairs(self, data: Any) -> list[tuple[str, str]]:
        text = _text(data.get_data_raw() if isinstance(data, Message) else data)
        pairs = []
        for field in text.split(self._separator):
            key, equals, value = field.partition("=")
            if equals:
                pairs.append((key, value))
        return pairs


class FIXShredder(_Shredder):
    """Takes a FIX payload apart: str, bytes or a message."""

    def to_map(self, data: Any) -> dict[int, str]:
        """Values by tag; of repeated tags the last counts."""
        return dict(self.to_list(data))

    def to_list(self, data: Any) -> list[tuple[int, str]]:
        """All fields in order."""
        return [(int(key), value) for key, value in self._pairs(data)]

    toMap = to_map
    toList = to_list


class NVFIXShredder(_Shredder):
    """Takes an NVFIX payload apart: str, bytes or a message."""

    def to_map(self, data: Any) -> dict[str, str]:
        """Values by name; of repeated names the last counts."""
        return dict(self.to_list(data))

    def to_list(self, data: Any) -> list[tuple[str, str]]:
        """All fields in order."""
        return self._pairs(data)

    toMap = to_map
    toList = to_list
