# SPDX-License-Identifier: Apache-2.0
"""Python objects as the pointers that native handlers get."""

from __future__ import annotations

import ctypes
from typing import Any

_POINTER_MASK = (1 << (8 * ctypes.sizeof(ctypes.c_void_p))) - 1
_INTEGER_CODES = frozenset("bBhHiIlLqQ?")
_FunctionPointer: Any = ctypes.CFUNCTYPE(None).__mro__[1]  # The base of all ctypes functions.


# ctypes marshals the argument; what comes back is the pointer.
_as_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(lambda pointer: pointer)


def address_of_function(function: Any) -> int:
    """Address of a ctypes function, or the address given.

    :raises TypeError: it is neither, or it is NULL.
    """
    function = getattr(function, "native", function)  # What native.load() wraps.
    address: int | None = None
    if isinstance(function, (_FunctionPointer, ctypes.c_void_p)):
        address = ctypes.cast(function, ctypes.c_void_p).value
    elif isinstance(function, int) and not isinstance(function, bool):
        address = function
    else:
        raise TypeError(f"a native handler is a ctypes function or an address, not {type(function).__name__}")
    if not address or address < 0:
        raise TypeError("a native handler must not be NULL")
    return address


def marshalled(userdata: Any) -> tuple[int, Any]:
    """The pointer for an object, and what must be kept alive for it.

    :raises TypeError: ctypes does not pass objects of this type as pointers.
    """
    if isinstance(userdata, bool) or userdata is None:
        return int(bool(userdata)), None
    if isinstance(userdata, int):
        return userdata & _POINTER_MASK, None
    if isinstance(userdata, str):
        wide = ctypes.c_wchar_p(userdata)  # Owns the wchar_t copy; a plain call would free it at once.
        return _pointer_to(wide), wide
    if isinstance(userdata, ctypes.py_object):
        return id(userdata.value), userdata
    code = getattr(userdata, "_type_", None)
    if isinstance(code, str) and code in _INTEGER_CODES and hasattr(userdata, "value"):
        return int(userdata.value) & _POINTER_MASK, None
    if hasattr(userdata, "_as_parameter_"):
        parameter = userdata._as_parameter_
        pointer, kept = marshalled(parameter)
        return pointer, (userdata, parameter, kept)
    return _pointer_to(userdata), userdata


def _pointer_to(value: Any) -> int:
    try:
        return _as_pointer(value) or 0
    except ctypes.ArgumentError as error:
        raise TypeError(f"{type(value).__name__} cannot be passed as userdata: {error}") from None
