# SPDX-License-Identifier: Apache-2.0
"""Stores: what a client publishes until the server has it, and which messages are processed."""

from __future__ import annotations

from ._stores import NativeBookmarkStore, NativePublishStore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

__all__ = [
    "LoggedBookmarkStore",
    "MMapBookmarkStore",
    "MemoryBookmarkStore",
    "MemoryPublishStore",
    "PublishStore",
]


class _Subclassable:
    """Subclasses of a store may override its methods; a client then calls those."""

    _is_native: bool

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._is_native = cls.__module__ == __name__


class MemoryPublishStore(_Subclassable, NativePublishStore):
    """Keeps publishes in memory until the server has persisted them.

    They survive reconnects and other servers, not the end of the process.

    :param initial_capacity: accepted for compatibility; memory is taken as it is needed.
    :param error_on_publish_gap: as ``Client.set_error_on_publish_gap(True)``.
    :param size_bytes_max: bytes kept before ``publish`` waits for acknowledgements; 0: 1 GiB.
    """

    def __init__(
        self, initial_capacity: int | None = None, error_on_publish_gap: bool = False, *, size_bytes_max: int = 0
    ) -> None:
        self._error_on_publish_gap = bool(error_on_publish_gap)
        self._make_memory(size_bytes_max)


class PublishStore(_Subclassable, NativePublishStore):
    """Keeps publishes in a file, too, which survives the process.

    The next client that uses the file needs the same name. One store at a time may have the file.

    :param file_name: path; a file that is not there is made.
    :param error_on_publish_gap: as ``Client.set_error_on_publish_gap(True)``.
    :param sync: ``publish`` returns when the disk has the message, which then survives a loss of power, too.
    :param size_bytes_max: bytes kept before ``publish`` waits for acknowledgements; 0: 1 GiB.
    :raises StoreException: another store has the file, or it is damaged; the text says where.
    """

    def __init__(
        self,
        file_name: str | bytes | PathLike[str],
        error_on_publish_gap: bool = False,
        *,
        sync: bool = False,
        size_bytes_max: int = 0,
    ) -> None:
        self._error_on_publish_gap = bool(error_on_publish_gap)
        self._make_file(file_name, sync, size_bytes_max)


class MemoryBookmarkStore(_Subclassable, NativeBookmarkStore):
    """Remembers in memory which messages of bookmark subscriptions are processed."""

    def __init__(self) -> None:
        self._make_memory()


class LoggedBookmarkStore(_Subclassable, NativeBookmarkStore):
    """Remembers it in a file, too, which survives the process.

    :param file_name: path; a file that is not there is made. One store at a time may have it.
    :param target_number_of_subscriptions: accepted for compatibility.
    :param use_last_modified_time: accepted for compatibility.
    :param sync: ``discard`` returns when the disk knows of it.
    :raises StoreException: another store has the file, or it is damaged; the text says where.
    """

    def __init__(
        self,
        file_name: str | bytes | PathLike[str],
        target_number_of_subscriptions: int = 1,
        use_last_modified_time: bool = False,
        *,
        sync: bool = False,
    ) -> None:
        self._make_file(file_name, sync)


class MMapBookmarkStore(_Subclassable, NativeBookmarkStore):
    """The same store under the name programs know; see :class:`LoggedBookmarkStore`."""

    def __init__(
        self, file_name: str | bytes | PathLike[str], use_last_modified_time: bool = False, *, sync: bool = False
    ) -> None:
        self._make_file(file_name, sync)
