# SPDX-License-Identifier: Apache-2.0
# Python text as bytes for C, and numbers with units. Inline only: there is no module behind it.
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport uint32_t

from pyamps.libamps cimport amps_span_t

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL


# Bytes of a str (UTF-8) or bytes object; None is empty. They live as long as the object, which the
# caller keeps in a named variable.
cdef inline int span_of(object text, amps_span_t* span) except -1:
    cdef Py_ssize_t size = 0
    if isinstance(text, str):
        span.ptr = PyUnicode_AsUTF8AndSize(text, &size)
        span.len = size
    elif isinstance(text, bytes):
        span.ptr = PyBytes_AS_STRING(text)
        span.len = PyBytes_GET_SIZE(text)
    elif text is None:
        span.ptr = NULL
        span.len = 0
    else:
        raise TypeError(f"text must be str or bytes, not {type(text).__name__}")
    return 0


# The same as a NUL-terminated string; a NUL inside would cut it short.
cdef inline const char* c_string(object text) except? NULL:
    cdef amps_span_t span
    cdef size_t i
    span_of(text, &span)
    for i in range(span.len):
        if span.ptr[i] == 0:
            raise ValueError("text must not contain NUL characters")
    return span.ptr


# Milliseconds from a number of milliseconds or a timedelta.
cdef inline uint32_t milliseconds(object value) except? 0xFFFFFFFF:
    if value is None:
        return 0
    if hasattr(value, "total_seconds"):
        value = round(value.total_seconds() * 1000)
    number = int(value)
    if not 0 <= number < 0xFFFFFFFF:
        raise ValueError(f"{value} milliseconds are not between 0 and 4294967294")
    return number
