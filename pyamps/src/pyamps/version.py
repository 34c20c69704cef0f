# SPDX-License-Identifier: Apache-2.0
"""Versions of servers."""

from __future__ import annotations

from functools import total_ordering

from .exceptions import CommandException

__all__ = ["VersionInfo", "convert_version_to_number"]

_PART_MAX = 99  # The packed form has two digits for each part.


class VersionError(CommandException, ValueError):
    """The text is no version."""


def _parts(version: str) -> tuple[int, int, int, int]:
    words = str(version).split(".")
    numbers = []
    for word in words[:4]:
        if not word.isdigit():
            raise VersionError(f"{version!r} is not a version such as 5.3.4.1")
        numbers.append(int(word))
    numbers += [0] * (4 - len(numbers))
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _leading_numbers(version: str) -> str:
    end = next((at for at, char in enumerate(version) if char not in "0123456789."), len(version))
    return version[:end].rstrip(".") or "0"


def _packed(parts: tuple[int, int, int, int]) -> int:
    number = 0
    for part in parts:
        number = number * 100 + min(part, _PART_MAX)
    return number


def convert_version_to_number(version: str) -> int:
    """Packed form of a version: ``"5.3.4.1"`` is 5030401.

    :raises CommandException: (also a ValueError) the text is no version.
    """
    return _packed(_parts(version))


@total_ordering
class VersionInfo:
    """Version of a server, comparable."""

    def __init__(self, version: str = "") -> None:
        self._text = version
        # Servers append words of their own: 5.3.4.1-beta.
        self._numbers = _parts(_leading_numbers(version))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"VersionInfo({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionInfo) and self._numbers == other._numbers

    def __lt__(self, other: VersionInfo) -> bool:
        return self._numbers < other._numbers

    def __hash__(self) -> int:
        return hash(self._numbers)

    def get_version_string(self) -> str:
        return self._text

    def get_major_version(self) -> int:
        return self._numbers[0]

    def get_minor_version(self) -> int:
        return self._numbers[1]

    def get_maintenance_version(self) -> int:
        return self._numbers[2]

    def get_patch_version(self) -> int:
        return self._numbers[3]

    def get_old_style_version(self) -> int:
        """Packed form, see :func:`convert_version_to_number`."""
        return _packed(self._numbers)

    getVersionString = get_version_string
    getMajorVersion = get_major_version
    getMinorVersion = get_minor_version
    getMaintenanceVersion = get_maintenance_version
    getPatchVersion = get_patch_version
    getOldStyleVersion = get_old_style_version
