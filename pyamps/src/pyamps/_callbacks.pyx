# SPDX-License-Identifier: Apache-2.0
"""What C calls in Python. The functions named ``py_…`` are called by gil.cpp, with the GIL."""

import os
import threading

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_SetObject, PyErr_WriteUnraisable
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF, PyObject
from libc.stdint cimport int32_t, uintptr_t

from pyamps cimport libamps as c
from pyamps._errors cimport exception_for, fail_callback, park, take_parked, text_of
from pyamps._message cimport Message, borrowed

from pyamps.exceptions import ConnectionException

cdef extern from "Python.h":
    PyObject* PyObject_CallOneArg(PyObject* callable, PyObject* argument)
    PyObject* PyObject_CallNoArgs(PyObject* callable)
    Py_ssize_t Py_REFCNT(PyObject* o)
    int PyErr_CheckSignals()  # -1 leaves the exception set: park_current() takes it.
    void PyErr_Clear()
    int PyErr_CheckSignals() noexcept  # cpython.exc declares it to raise, which py_check_signals must not.

cdef extern from "gil.h" nogil:
    void pyamps_on_message(c.amps_message_ref_t* message, void* box) noexcept
    void pyamps_on_failed_write(c.amps_message_ref_t* message, c.amps_span_t reason, void* box) noexcept
    void pyamps_on_exception(int32_t code, c.amps_span_t text, void* box) noexcept
    void pyamps_on_state(int32_t state, void* box) noexcept
    c.amps_result pyamps_on_lost(c.amps_client_ref_t* client, void* box) noexcept
    c.amps_result pyamps_on_bytes(c.amps_transport_bytes_t* passing, void* box) noexcept
    c.amps_result pyamps_on_thread(void* box) noexcept
    void pyamps_release_object(void* object) noexcept
    void pyamps_stop_deliveries()
    void pyamps_disconnect_all(c.amps_client_t** clients, size_t count, unsigned int timeout_ms)
    int32_t pyamps_interrupted() noexcept
    void pyamps_before_wait() noexcept
    void pyamps_thread_end() noexcept
    void pyamps_set_main_thread(unsigned long ident)


cdef class Box:
    """A Python callable in the hands of C."""


# A box with one reference, for C, which gives it back by pyamps_release_object().
cdef void* boxed(object handler, object owner) except NULL:
    if isinstance(handler, CMessageHandler) or not callable(handler):
        raise TypeError(f"a callable is needed here, not {type(handler).__name__}")
    cdef Box box = Box.__new__(Box)
    box.callable = handler
    box.owner = owner
    Py_INCREF(box)
    return <void*>box


# ---- messages ------------------------------------------------------------------------------------

# Run now and then between messages: a handler written in C never looks whether another thread asks
# for the GIL; entering any Python function does.
cdef object _breath = lambda: None
cdef unsigned int _delivered = 0


cdef int propagate() except -1:
    return -1  # The exception is set already.


cdef void park_current() noexcept:
    try:
        propagate()
    except BaseException as error:
        park(error)


# `reused` holds the Message of the receive thread, or NULL. -1: the handler's exception is parked.
cdef public int py_deliver(c.amps_message_ref_t* ref, void* box, PyObject** reused) noexcept:
    global _delivered
    cdef PyObject* message = reused[0]
    cdef PyObject* result
    if message is NULL:
        made = borrowed(NULL)
        Py_INCREF(made)
        message = reused[0] = <PyObject*>made
        made = None
    (<Message>message)._ref.body = ref.body
    (<Message>message)._data = None
    result = PyObject_CallOneArg(<PyObject*>(<Box>box).callable, message)
    if result is NULL:
        park_current()
    if Py_REFCNT(message) == 1:
        (<Message>message)._ref.body = NULL
    else:  # The program kept it.
        (<Message>message).detach()
        reused[0] = NULL
        Py_XDECREF(message)
    if result is NULL:
        return -1
    Py_XDECREF(result)
    _delivered += 1
    if _delivered & 63 == 0:
        result = PyObject_CallNoArgs(<PyObject*>_breath)
        if result is NULL:
            PyErr_Clear()
        Py_XDECREF(result)
    return 0


cdef int fill_failed_write(object handler, object owner, c.amps_failed_write_handler_t* out) except -1:
    out.struct_size = sizeof(c.amps_failed_write_handler_t)
    out.fn = pyamps_on_failed_write
    out.userdata = boxed(handler, owner)
    out.release = pyamps_release_object
    return 0


cdef public void py_on_failed_write(c.amps_message_ref_t* ref, c.amps_span_t reason, void* box) noexcept:
    message = borrowed(ref.body)
    try:
        (<Box>box).callable(message, text_of(reason))
    except BaseException as error:
        report((<Box>box).owner(), error)
    if Py_REFCNT(<PyObject*>message) > 1:
        message.detach()


cdef int fill_handler(object handler, c.amps_handler_t* out) except -1:
    out.struct_size = sizeof(c.amps_handler_t)
    out.flags = 0
    out.fn = NULL
    out.userdata = NULL
    out.release = NULL
    out.owner = NULL
    if handler is None:
        return 0
    if isinstance(handler, CMessageHandler):
        if (<CMessageHandler>handler)._address == 0:
            raise TypeError("CMessageHandler.__init__ was not called")
        out.fn = <c.amps_message_fn><void*>(<CMessageHandler>handler)._address
        out.userdata = <void*>(<CMessageHandler>handler)._pointer
        Py_INCREF(handler)  # Code and userdata live until the last possible call.
        out.owner = <void*>handler
        out.release = pyamps_release_object
    elif callable(handler):
        out.flags = c.AMPS_HANDLER_BATCHED
        out.fn = pyamps_on_message
        out.userdata = boxed(handler, None)
        out.release = pyamps_release_object
    else:
        raise TypeError(f"a message handler must be callable or a CMessageHandler, not {type(handler).__name__}")
    return 0


cdef public void py_release_object(void* kept) noexcept:
    Py_DECREF(<object>kept)


# ---- native handlers -----------------------------------------------------------------------------

cdef class CMessageHandler:
    """A message handler written in C or C++: no Python runs when it is called.

    :param function: a function of a loaded ``ctypes`` library, a ``ctypes`` function pointer, or an
        address, of the shape ``void f(AMPS::Message &, void *)``.
    :param userdata: the second argument of each call, marshalled now, by the rules of ``ctypes``:
        ``bytes`` as ``char *``, ``str`` as ``wchar_t *``, an int as it is, ``None`` as ``NULL``.
    :raises TypeError: the function or the userdata is of a kind that cannot be passed.

    Threads: the receive thread of each client it is registered with calls the function.
    """

    def __init__(self, function, userdata=None):
        from pyamps.userdata import address_of_function, marshalled  # Not before: ctypes loads slowly.

        if self._address != 0:  # It may be registered: the memory behind it must stay.
            raise TypeError("this CMessageHandler is initialised already")
        self._address = address_of_function(function)
        self.function = function
        self.userdata = userdata
        self._pointer, self._kept = marshalled(userdata)

    def __reduce__(self):
        raise TypeError("a CMessageHandler holds addresses of this process and cannot be pickled or copied")

    def __repr__(self):
        return f"CMessageHandler({self.function!r}, {self.userdata!r})"


# ---- everything else -----------------------------------------------------------------------------

cdef void show(object error, object where) noexcept:
    PyErr_SetObject(type(error), error)
    PyErr_WriteUnraisable(where)


cdef void report(object client, object error) noexcept:
    listener = None
    try:
        if client is not None:
            listener = client.get_exception_listener()
        if listener is not None:
            listener(error)
            return
    except BaseException as second:
        show(second, listener)
        return
    show(error, client)


cdef int fill_exception_listener(object owner, c.amps_exception_listener_t* out) except -1:
    out.struct_size = sizeof(c.amps_exception_listener_t)
    out.fn = pyamps_on_exception
    out.userdata = boxed(repr, owner)  # The listener itself is asked of the client each time.
    out.release = pyamps_release_object
    return 0


cdef public void py_on_exception(int32_t code, c.amps_span_t text, void* box) noexcept:
    client = (<Box>box).owner()
    error = take_parked()
    if error is None:
        error = exception_for(code, text_of(text), "")
        # The state listeners tell about lost connections; silence is no surprise there.
        if isinstance(error, ConnectionException) and (
                client is None or client.get_exception_listener() is None):
            return
    report(client, error)


cdef int fill_state_listener(object listener, object owner, c.amps_state_listener_t* out) except -1:
    out.struct_size = sizeof(c.amps_state_listener_t)
    out.fn = pyamps_on_state
    out.userdata = boxed(getattr(listener, "connection_state_changed", listener), owner)
    out.release = pyamps_release_object
    return 0


cdef public void py_on_state(int32_t state, void* box) noexcept:
    try:
        (<Box>box).callable(state)
    except BaseException as error:
        report((<Box>box).owner(), error)


cdef int fill_lost(object handler, object owner, c.amps_disconnect_handler_t* out) except -1:
    out.struct_size = sizeof(c.amps_disconnect_handler_t)
    out.fn = pyamps_on_lost
    out.userdata = boxed(handler, owner)
    out.release = pyamps_release_object
    return 0


cdef public c.amps_result py_on_lost(c.amps_client_ref_t* ref, void* box) noexcept:
    try:
        client = (<Box>box).owner()
        if client is not None:
            (<Box>box).callable(client)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef int fill_filter(object handler, c.amps_transport_filter_t* out) except -1:
    out.struct_size = sizeof(c.amps_transport_filter_t)
    out.fn = pyamps_on_bytes
    out.userdata = boxed(handler, None)
    out.release = pyamps_release_object
    return 0


cdef public c.amps_result py_on_bytes(c.amps_transport_bytes_t* passing, void* box) noexcept:
    cdef bytes replacement
    try:
        data = PyBytes_FromStringAndSize(passing.bytes.ptr, passing.bytes.len)
        result = (<Box>box).callable(data, passing.incoming != 0)
        if result is None:
            return c.AMPS_E_OK
        replacement = result if isinstance(result, bytes) else bytes(memoryview(result))
        if passing.incoming:
            (<Box>box).received = replacement
        else:
            (<Box>box).sent = replacement
        passing.bytes.ptr = replacement
        passing.bytes.len = len(replacement)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef int fill_thread_callback(object handler, c.amps_thread_callback_t* out) except -1:
    out.struct_size = sizeof(c.amps_thread_callback_t)
    out.fn = pyamps_on_thread
    out.userdata = boxed(handler, None)
    out.release = pyamps_release_object
    return 0


cdef public c.amps_result py_on_thread(void* box) noexcept:
    try:
        (<Box>box).callable()
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


# Asked while the main thread waits in C: 1 when a signal handler raised.
cdef public int32_t py_check_signals() noexcept:
    if PyErr_CheckSignals() == 0:
        return 0
    park_current()
    return 1


cdef void end_deliveries(c.amps_client_t** clients, size_t count, unsigned int timeout_ms) noexcept:
    pyamps_stop_deliveries()
    with nogil:
        pyamps_disconnect_all(clients, count, timeout_ms)


def _set_main_thread():
    pyamps_set_main_thread(threading.main_thread().ident)


cdef int install_hooks() except -1:
    cdef c.amps_delivery_hooks_t hooks
    if c.amps_abi_version() >> 16 != 1:
        raise ImportError(f"libamps has binary interface {c.amps_abi_version() >> 16}, pyamps needs 1")
    hooks.struct_size = sizeof(c.amps_delivery_hooks_t)
    hooks.before_wait = pyamps_before_wait
    hooks.thread_end = pyamps_thread_end
    c.amps_set_delivery_hooks(&hooks)
    c.amps_set_interrupt_hook(pyamps_interrupted)
    _set_main_thread()
    os.register_at_fork(after_in_child=_set_main_thread)
    return 0


install_hooks()
