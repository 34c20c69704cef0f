# SPDX-License-Identifier: Apache-2.0
"""Payloads made of several parts: each is a 4-byte big-endian length and that many bytes."""

from __future__ import annotations

from ._message import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["CompositeMessageBuilder", "CompositeMessageParser"]

_LENGTH_SIZE = 4


class CompositeMessageBuilder:
    """Builds a composite payload. Empty parts count."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._count = 0

    def append(self, part: Any) -> CompositeMessageBuilder:
        """Add a copy of a part: str (as UTF-8), bytes or bytes-like. Returns ``self``."""
        data = part.encode() if isinstance(part, str) else bytes(memoryview(part))
        self._data += len(data).to_bytes(_LENGTH_SIZE, "big") + data
        self._count += 1
        return self

    def get_data(self) -> bytes:
        """The payload, for ``publish``."""
        return bytes(self._data)

    get_raw = get_data

    def clear(self) -> CompositeMessageBuilder:
        """Forget all parts."""
        self._data.clear()
        self._count = 0
        return self

    reset = clear

    def __len__(self) -> int:
        """Number of parts."""
        return self._count

    getData = get_data
    getRaw = get_raw


class CompositeMessageParser:
    """Takes a composite payload apart."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        #: Bytes after the last whole part.
        self.remainder = b""

    def parse(self, message: Any) -> int:
        """Parse a message or its payload; returns the number of parts."""
        data = message.get_data_raw() if isinstance(message, Message) else message
        data = data.encode() if isinstance(data, str) else bytes(data)
        self._parts = []
        at = 0
        while at + _LENGTH_SIZE <= len(data):
            end = at + _LENGTH_SIZE + int.from_bytes(data[at : at + _LENGTH_SIZE], "big")
            if end > len(data):
                break
            self._parts.append(data[at + _LENGTH_SIZE : end])
            at = end
        self.remainder = data[at:]
        return len(self._parts)

    def get_part(self, index: int) -> bytes:
        """One part.

        :raises IndexError: there are fewer parts.
        """
        if not 0 <= index < len(self._parts):
            raise IndexError(f"part {index} of {len(self._parts)}")
        return self._parts[index]

    get_part_raw = get_part

    def size(self) -> int:
        """Number of parts."""
        return len(self._parts)

    __len__ = size

    getPart = get_part
    getPartRaw = get_part_raw
