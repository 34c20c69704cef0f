# SPDX-License-Identifier: Apache-2.0
"""Result codes of the C interface as Python exceptions, and exceptions on their way through C."""

from cpython.exc cimport PyErr_NoMemory
from cpython.ref cimport Py_INCREF, Py_XDECREF, PyObject
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t

from pyamps cimport libamps as c
from pyamps import exceptions

cdef extern from *:
    """
    #include "amps/amps_types.h"
    typedef struct { int code; const char *name, *exception, *remedy; } pyamps_result_row;
    static const pyamps_result_row pyamps_result_rows[] = {
    #define PYAMPS_ROW(code, name, exception, remedy) {code, #name, #exception, remedy},
      AMPS_RESULT_TABLE(PYAMPS_ROW)
    #undef PYAMPS_ROW
    };
    enum { pyamps_result_row_count = sizeof pyamps_result_rows / sizeof pyamps_result_rows[0] };
    /* An exception that crosses C: raised by a callback on this thread, not yet seen by its caller. */
    static __thread PyObject *pyamps_parked;
    """
    ctypedef struct pyamps_result_row:
        int code
        const char* name
        const char* exception
        const char* remedy
    pyamps_result_row[] pyamps_result_rows
    int pyamps_result_row_count
    PyObject* pyamps_parked


def result_table() -> list:
    """Rows of the result table: (code, name, exception class, what to do)."""
    return [
        (pyamps_result_rows[i].code, pyamps_result_rows[i].name.decode(),
         getattr(exceptions, pyamps_result_rows[i].exception.decode()),
         pyamps_result_rows[i].remedy.decode())
        for i in range(pyamps_result_row_count)
    ]


cdef dict _class_of_code = {row[0]: row[2] for row in result_table()}
cdef dict _code_of_class = {
    **{row[2]: row[0] for row in reversed(result_table())},  # The first row of a class wins, but for
    exceptions.UnknownException: exceptions.AMPSException.code,  # ... those the special codes share.
    exceptions.AMPSException: exceptions.AMPSException.code,
}


cdef str text_of(c.amps_span_t span):
    return PyUnicode_DecodeUTF8(span.ptr, span.len, "surrogateescape")


cdef object exception_for(int code, str text, str reason):
    error = _class_of_code.get(code, exceptions.UnknownException)(text)
    error.code = code
    if reason:
        error.reason = reason
    return error


cdef void park(object error) noexcept:
    global pyamps_parked
    Py_XDECREF(pyamps_parked)
    Py_INCREF(error)
    pyamps_parked = <PyObject*>error


cdef object take_parked():
    global pyamps_parked
    if pyamps_parked is NULL:
        return None
    error = <object>pyamps_parked
    Py_XDECREF(pyamps_parked)
    pyamps_parked = NULL
    return error


cdef object parked_for(int code):
    if pyamps_parked is NULL or code_of(<object>pyamps_parked) != code:
        return None
    return <object>pyamps_parked


cdef int code_of(object error):
    for cls in type(error).__mro__:
        if cls in _code_of_class:
            return _code_of_class[cls]
    return c.AMPS_E_CALLBACK


cdef c.amps_result fail_callback(object error) noexcept:
    cdef c.amps_span_t span
    cdef int code = c.AMPS_E_CALLBACK
    try:
        code = code_of(error)
        text = f"{type(error).__name__}: {error}".encode("utf-8", "replace")
    except Exception:
        text = b"a callback raised an exception that cannot be printed"
    park(error)
    span.ptr = text
    span.len = len(text)
    c.amps_callback_error(code, span)
    return <c.amps_result>code


cdef int check(c.amps_result result) except -1:
    cdef int32_t code = 0
    cdef c.amps_span_t text
    cdef c.amps_span_t reason
    if result == c.AMPS_E_OK:
        return 0
    if result == c.AMPS_E_MEMORY:
        PyErr_NoMemory()
    parked = take_parked()
    # A parked exception of another code is a leftover: the call went on after it and failed later.
    if parked is not None and (result == c.AMPS_E_INTERRUPTED or code_of(parked) == <int>result):
        raise parked
    if result == c.AMPS_E_INTERRUPTED:
        raise KeyboardInterrupt
    c.amps_last_error(&code, &text, &reason)
    if code != <int32_t>result:  # The failing function left no text of its own.
        raise exception_for(result, f"libamps returned code {<int>result}", "")
    raise exception_for(result, text_of(text), text_of(reason))
