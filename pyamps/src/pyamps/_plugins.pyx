# SPDX-License-Identifier: Apache-2.0
"""Python objects as choosers, delay strategies and authenticators of a client; stores are in _stores.

The functions named ``part_…`` are called through the tables of plugin_tables.cpp, with the GIL.
"""

from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from libc.stdint cimport int32_t, uint32_t

from pyamps cimport libamps as c
from pyamps._errors cimport check, exception_for, fail_callback, parked_for, take_parked, text_of
from pyamps._message cimport Message, borrowed
from pyamps._text cimport milliseconds, span_of

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(PyObject* o)

cdef extern from "plugin_tables.h" nogil:
    const c.amps_authenticator_vt_t pyamps_authenticator_table
    const c.amps_server_chooser_vt_t pyamps_chooser_table
    const c.amps_delay_strategy_vt_t pyamps_delay_table
    const c.amps_failed_resubscribe_vt_t pyamps_resubscribe_table


cdef const c.amps_authenticator_vt_t* authenticator_table() noexcept:
    return &pyamps_authenticator_table


cdef const c.amps_server_chooser_vt_t* chooser_table() noexcept:
    return &pyamps_chooser_table


cdef const c.amps_delay_strategy_vt_t* delay_table() noexcept:
    return &pyamps_delay_table


cdef const c.amps_failed_resubscribe_vt_t* resubscribe_table() noexcept:
    return &pyamps_resubscribe_table


cdef class Part:
    """What C holds of a Python object that plays a part in a client."""

    cdef int reply(self, object text, c.amps_span_t* out) except -1:
        self.answer = text.encode() if isinstance(text, str) else text
        return span_of(self.answer, out)


cdef Part part_of(object target):
    cdef Part part = Part.__new__(Part)
    part.target = target
    return part


cdef public void part_retain(void* self) noexcept:
    Py_INCREF(<Part>self)


cdef public void part_release(void* self) noexcept:
    Py_DECREF(<Part>self)


cdef void add_info(c.amps_span_t key, c.amps_span_t value, void* userdata) noexcept with gil:
    (<dict>userdata)[text_of(key)] = text_of(value)


cdef dict connection_info(c.amps_client_t* client):
    cdef dict info = {}
    if client is not NULL:
        check(c.amps_client_connection_info(client, add_info, <void*>info))
    return info


# ---- authenticator -------------------------------------------------------------------------------

cdef public c.amps_result part_authenticate(
        void* self, c.amps_span_t user, c.amps_span_t password, c.amps_span_t* token) noexcept:
    take_parked()  # Of an attempt before this one.
    try:
        (<Part>self).reply((<Part>self).target.authenticate(text_of(user), text_of(password)), token)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_retry(
        void* self, c.amps_span_t user, c.amps_span_t password, c.amps_span_t* token) noexcept:
    try:
        (<Part>self).reply((<Part>self).target.retry(text_of(user), text_of(password)), token)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_completed(
        void* self, c.amps_span_t user, c.amps_span_t password, c.amps_span_t reason) noexcept:
    try:
        (<Part>self).target.completed(text_of(user), text_of(password), text_of(reason))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


# ---- server chooser ------------------------------------------------------------------------------

cdef public c.amps_result part_current_uri(void* self, c.amps_span_t* uri) noexcept:
    try:
        (<Part>self).reply((<Part>self).target.get_current_uri(), uri)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_current_authenticator(
        void* self, const c.amps_authenticator_vt_t** table, void** authenticator) noexcept:
    try:
        ask = getattr((<Part>self).target, "get_current_authenticator", None)
        target = ask() if ask is not None else None
        if target is not None:
            (<Part>self).authenticator = part_of(target)
            table[0] = &pyamps_authenticator_table
            authenticator[0] = <void*>(<Part>self).authenticator
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_report_failure(
        void* self, int32_t code, c.amps_span_t text, c.amps_client_t* client) noexcept:
    try:
        error = parked_for(code)  # What the program's own authenticator raised, as it was raised.
        if error is None:
            error = exception_for(code, text_of(text), "")
        (<Part>self).target.report_failure(error, connection_info(client))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_report_success(void* self, c.amps_client_t* client) noexcept:
    take_parked()  # Of attempts before this one.
    try:
        (<Part>self).target.report_success(connection_info(client))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_error(void* self, c.amps_span_t* text) noexcept:
    try:
        ask = getattr((<Part>self).target, "get_error", None)
        (<Part>self).reply(ask() if ask is not None else None, text)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef class NativeChooser:
    """The list of servers that libamps brings; no Python runs when a client reconnects."""

    _is_native = True  # False in subclasses: their methods are called.

    def __cinit__(self, *args, **kwargs):
        check(c.amps_default_chooser_new(&self.table, &self.part))
        self.authenticators = []

    def __dealloc__(self):
        if self.part is not NULL:
            self.table.release(self.part)

    def add(self, uri, authenticator=None):
        """Append a server; returns ``self``.

        :param authenticator: answers the logon of this server; None: the password of the URI.
        """
        cdef c.amps_span_t span
        cdef Part part
        span_of(uri, &span)
        if authenticator is None:
            check(c.amps_default_chooser_add(self.part, span, NULL, NULL))
        else:
            part = part_of(authenticator)
            check(c.amps_default_chooser_add(self.part, span, &pyamps_authenticator_table, <void*>part))
        self.authenticators.append((uri.decode() if isinstance(uri, bytes) else uri, authenticator))
        return self

    def remove(self, uri):
        """Take a server off the list."""
        cdef c.amps_span_t span
        span_of(uri, &span)
        check(c.amps_default_chooser_remove(self.part, span))
        text = uri.decode() if isinstance(uri, bytes) else uri
        self.authenticators = [row for row in self.authenticators if row[0] != text]

    def next(self):
        """Go to the next server."""
        check(c.amps_default_chooser_next(self.part))

    def get_current_uri(self):
        """URI to try next; "" when the list is empty."""
        cdef c.amps_span_t uri
        uri.ptr = NULL
        uri.len = 0
        check(self.table.current_uri(self.part, &uri))
        return text_of(uri)

    def get_current_authenticator(self):
        """Authenticator given with the current URI, or None."""
        return dict(self.authenticators).get(self.get_current_uri())

    def report_failure(self, exception, info=None):
        """One attempt failed: go to the next server."""
        cdef c.amps_span_t text
        said = str(exception).encode()
        span_of(said, &text)
        check(self.table.report_failure(self.part, getattr(exception, "code", 15), text, NULL))

    def report_success(self, info=None):
        """The client is logged on: stay with this server."""
        check(self.table.report_success(self.part, NULL))

    def get_error(self):
        """What went wrong with the servers so far, or ""."""
        cdef c.amps_span_t text
        text.ptr = NULL
        text.len = 0
        check(self.table.error(self.part, &text))
        return text_of(text)

    getCurrentUri = get_current_uri
    getCurrentAuthenticator = get_current_authenticator
    reportFailure = report_failure
    reportSuccess = report_success
    getError = get_error


# ---- delay strategy ------------------------------------------------------------------------------

cdef public c.amps_result part_wait_duration(void* self, c.amps_span_t uri, uint32_t* wait_ms) noexcept:
    try:
        wait_ms[0] = milliseconds((<Part>self).target.get_connect_wait_duration(text_of(uri)))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_reset(void* self) noexcept:
    try:
        (<Part>self).target.reset()
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef class NativeDelay:
    """A delay strategy that libamps brings."""

    _is_native = True  # False in subclasses: their methods are called.

    def __dealloc__(self):
        self.replace(NULL, NULL)

    cdef int replace(self, const c.amps_delay_strategy_vt_t* table, void* part) except -1:
        if self.part is not NULL:
            self.table.release(self.part)
        self.table = table
        self.part = part
        return 0

    def _make_fixed(self, delay_ms, retry_max_ms):
        cdef const c.amps_delay_strategy_vt_t* table = NULL
        cdef void* part = NULL
        check(c.amps_fixed_delay_new(milliseconds(delay_ms), milliseconds(retry_max_ms), &table, &part))
        self.replace(table, part)

    def _make_exponential(self, initial_ms, delay_max_ms, exponent, retry_max_ms, jitter):
        cdef const c.amps_delay_strategy_vt_t* table = NULL
        cdef void* part = NULL
        check(c.amps_exponential_delay_new(
            milliseconds(initial_ms), milliseconds(delay_max_ms), exponent, milliseconds(retry_max_ms),
            jitter, &table, &part))
        self.replace(table, part)

    def get_connect_wait_duration(self, uri):
        """Milliseconds to wait before ``uri`` is tried.

        :raises ReconnectMaximumExceededException: the time to try is over.
        """
        cdef c.amps_span_t span
        cdef uint32_t wait_ms = 0
        span_of(uri, &span)
        check(self.table.wait_duration(self.part, span, &wait_ms))
        return wait_ms

    def reset(self):
        """A connection works again: start over."""
        check(self.table.reset(self.part))

    getConnectWaitDuration = get_connect_wait_duration


# ---- resubscription ------------------------------------------------------------------------------

cdef public c.amps_result part_resubscribe_failure(
        void* self, c.amps_message_ref_t* command, uint32_t ack_types, int32_t code,
        c.amps_span_t text, int32_t* drop) noexcept:
    message = borrowed(command.body)
    try:
        error = exception_for(code, text_of(text), "")
        drop[0] = bool((<Part>self).target(message, ack_types, error))
        return c.AMPS_E_OK
    except BaseException as raised:
        return fail_callback(raised)
    finally:
        keep_if_used(message)


# A message that the program still holds after the callback gets its own copy.
cdef int keep_if_used(Message message) noexcept:
    if Py_REFCNT(<PyObject*>message) > 1:  # One is the caller's variable; arguments are borrowed.
        message.detach()
    return 0
