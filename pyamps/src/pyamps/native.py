# SPDX-License-Identifier: Apache-2.0
"""Calling native functions with checked arguments.

Plain ``ctypes`` passes what it is given; a wrong object may crash the process. The types of this
module go into ``argtypes`` and raise ``TypeError`` instead::

    library = native.load("./libpublishers.so")
    library.vector_publish.argtypes = [native.ClientRef, native.Utf8, native.Utf8Array, ctypes.c_size_t]
    library.vector_publish(client, "orders", ["{}", "{}"], 2)
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from typing import Any

from .client import Client
from .exceptions import UsageException
from .ha_client import HAClient

__all__ = ["ClientRef", "Function", "HAClientRef", "Library", "Utf8", "Utf8Array", "load"]


class ClientRef:
    """Argument ``AMPS::Client &``: a :class:`Client` or :class:`HAClient`, connected or not."""

    @classmethod
    def from_param(cls, client: Any) -> ctypes.c_void_p:
        return _reference(client, Client)


class HAClientRef:
    """Argument ``AMPS::HAClient &``: an :class:`HAClient`."""

    @classmethod
    def from_param(cls, client: Any) -> ctypes.c_void_p:
        return _reference(client, HAClient)


def _reference(client: Any, wanted: type[Client]) -> ctypes.c_void_p:
    if not isinstance(client, wanted):
        raise TypeError(f"expected {wanted.__name__}, got {type(client).__name__}")
    try:
        return client._as_parameter_
    except UsageException as error:
        raise TypeError(str(error)) from None


def _utf8(text: Any) -> bytes:
    if isinstance(text, str):
        text = text.encode()
    if not isinstance(text, bytes):
        raise TypeError(f"expected str or bytes, got {type(text).__name__}")
    if b"\0" in text:
        raise TypeError("a char * ends at the first NUL character, and this text contains one")
    return text


class Utf8:
    """Argument ``const char *``: str as UTF-8, or bytes."""

    @classmethod
    def from_param(cls, text: Any) -> ctypes.c_char_p:
        return ctypes.c_char_p(_utf8(text))


class Utf8Array:
    """Argument ``const char **``: a sequence of str or bytes, or a ``c_char_p`` array."""

    @classmethod
    def from_param(cls, texts: Any) -> Any:
        if isinstance(texts, ctypes.Array) and getattr(texts, "_type_", None) is ctypes.c_char_p:
            return texts
        if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
            raise TypeError(f"expected a sequence of str or bytes, got {type(texts).__name__}")
        values = [_utf8(text) for text in texts]
        return (ctypes.c_char_p * len(values))(*values)


_CTYPES = (ctypes.Array, ctypes.Structure, ctypes._SimpleCData, ctypes._Pointer, type(ctypes.byref(ctypes.c_int())))


def _untyped(value: Any) -> Any:
    """What a function without ``argtypes`` gets for a Python object."""
    if isinstance(value, Client):
        return ClientRef.from_param(value)
    if isinstance(value, (str, bytes)):
        return Utf8.from_param(value)
    if isinstance(value, (list, tuple)):
        return Utf8Array.from_param(value)
    if isinstance(value, int):
        return ctypes.c_ssize_t(value)  # A plain int would be cut to 32 bits.
    if isinstance(value, _CTYPES):
        return value
    raise TypeError(f"a {type(value).__name__} can only be passed to a function with argtypes: use Library.declare()")


def _untyped_arguments(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments for a function that did not say what it takes: only what cannot be mistaken.

    Without a client among them, something else may stand where the function wants one.
    """
    if arguments and not any(isinstance(argument, Client) for argument in arguments):
        raise TypeError("a call without a client needs argtypes, or it may crash: use Library.declare()")
    return tuple(_untyped(argument) for argument in arguments)


class Function:
    """A function of a library loaded by :func:`load`. Releases the GIL during the call.

    ``argtypes``, ``restype`` and ``errcheck`` are those of ``ctypes``. Without ``argtypes`` a call needs
    a client among its arguments; clients, str and sequences of str are passed as the types of this module
    pass them, and what has no type that can be guessed raises ``TypeError``.
    """

    def __init__(self, native: Any) -> None:
        object.__setattr__(self, "native", native)

    def __call__(self, *arguments: Any) -> Any:
        if self.native.argtypes is None:
            arguments = _untyped_arguments(arguments)
        try:
            return self.native(*arguments)
        except ctypes.ArgumentError as error:
            raise TypeError(f"{self.native.__name__}: {error}") from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.native, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.native, name, value)

    def __repr__(self) -> str:
        return f"<native function {self.native.__name__}>"


class Library:
    """A shared library; its functions are attributes, made by :class:`Function`."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._dll = ctypes.CDLL(os.fspath(path))
        self._functions: dict[str, Function] = {}

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._functions:
            self._functions[name] = Function(getattr(self._dll, name))
        return self._functions[name]

    def declare(self, name: str, argtypes: Sequence[Any], restype: Any = None) -> Function:
        """Say what a function takes and returns, and return it."""
        function = self.__getattr__(name)
        function.argtypes = list(argtypes)
        function.restype = restype
        return function

    def __repr__(self) -> str:
        return f"<library {self._dll._name}>"


def load(path: str | os.PathLike[str]) -> Library:
    """Load a shared library.

    :raises OSError: it cannot be loaded, with the loader's text.
    """
    return Library(path)
