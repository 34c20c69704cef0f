# SPDX-License-Identifier: Apache-2.0
"""The embedded server, one call at a time."""

import atexit
import json
import os
import threading
import weakref

from cpython.exc cimport PyErr_SetObject, PyErr_WriteUnraisable
from cpython.ref cimport Py_DECREF, Py_INCREF
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from pyamps cimport libamps as c
from pyamps cimport libamps_broker as b
from pyamps._errors cimport exception_for, text_of
from pyamps._text cimport c_string, span_of

cdef extern from "broker_entries.h" nogil:
    void pyamps_on_log(b.amps_log_level_t level, c.amps_span_t line, void* box) noexcept
    c.amps_result pyamps_on_logon(c.amps_span_t client_name, c.amps_span_t user, c.amps_span_t password,
                                  c.amps_span_t* challenge, void* box) noexcept
    c.amps_result pyamps_on_rights(c.amps_span_t client_name, c.amps_span_t user, c.amps_span_t* document,
                                   void* box) noexcept
    void pyamps_release_broker_box(void* box) noexcept

cdef extern from *:
    """
    static const char *const pyamps_limit_names[] = {
    #define PYAMPS_ROW(name, value, text) #name,
      AMPS_BROKER_NUMBER_TABLE(PYAMPS_ROW)
    #undef PYAMPS_ROW
    };
    """
    const char** pyamps_limit_names

# Limits by their lower-case names.
LIMITS = {pyamps_limit_names[i].decode().lower(): i for i in range(<int>b.AMPS_BROKER_NUMBER_COUNT)}
# What True stands for: every topic, those of the broker itself too.
ALL_RIGHTS = '{"logon":true,"topic":[{"topic":"^/AMPS|^","read":true,"write":true}]}'
LEVELS = ("trace", "debug", "info", "warning", "error")
cdef object _running = weakref.WeakSet()


cdef int check_broker(c.amps_result result) except -1:
    cdef int32_t code = 0
    cdef c.amps_span_t text
    if result == c.AMPS_E_OK:
        return 0
    b.amps_broker_last_error(&code, &text)
    raise exception_for(result, text_of(text), "")


cdef class Box:
    """A Python callable in the hands of a broker."""
    cdef object callable
    cdef object answers  # Of each thread: owns the bytes of its latest answer, which the broker copies at once.


cdef void* boxed(object function) except NULL:
    cdef Box box = Box.__new__(Box)
    box.callable = function
    box.answers = threading.local()
    Py_INCREF(box)
    return <void*>box


cdef void unraisable(object error, Box box) noexcept:
    """Hand it to sys.unraisablehook: nobody above the broker's thread could catch it, not even SystemExit."""
    PyErr_SetObject(type(error), error)
    PyErr_WriteUnraisable(box.callable)


cdef public void py_release_broker_box(void* box) noexcept:
    Py_DECREF(<Box>box)


cdef public void py_on_log(b.amps_log_level_t level, c.amps_span_t line, void* box) noexcept:
    try:
        (<Box>box).callable(LEVELS[<int>level], text_of(line))
    except BaseException as error:
        unraisable(error, <Box>box)


cdef public c.amps_result py_on_logon(
        c.amps_span_t client_name, c.amps_span_t user, c.amps_span_t password,
        c.amps_span_t* challenge, void* box) noexcept:
    try:
        answer = (<Box>box).callable(text_of(client_name), text_of(user), text_of(password))
        if isinstance(answer, (str, bytes)):
            text = answer.encode() if isinstance(answer, str) else answer
            (<Box>box).answers.text = text
            span_of(text, challenge)
            return c.AMPS_E_RETRY
        return c.AMPS_E_OK if answer is True else c.AMPS_E_AUTHENTICATION
    except BaseException as error:
        unraisable(error, <Box>box)
        return c.AMPS_E_AUTHENTICATION


cdef public c.amps_result py_on_rights(
        c.amps_span_t client_name, c.amps_span_t user, c.amps_span_t* document, void* box) noexcept:
    try:
        answer = (<Box>box).callable(text_of(client_name), text_of(user))
        if not answer:
            return c.AMPS_E_AUTHENTICATION
        text = (ALL_RIGHTS if answer is True else answer if isinstance(answer, str) else json.dumps(answer)).encode()
        (<Box>box).answers.text = text
        span_of(text, document)
        return c.AMPS_E_OK
    except BaseException as error:
        unraisable(error, <Box>box)
        return c.AMPS_E_AUTHENTICATION


cdef class NativeBroker:
    """The methods of a broker that are one call into libamps-broker."""

    cdef b.amps_broker_t* _broker
    cdef object __weakref__
    cdef dict __dict__

    def __cinit__(self, *args, **kwargs):
        check_broker(b.amps_broker_new(&self._broker))

    def __dealloc__(self):
        cdef b.amps_broker_t* broker = self._broker
        if broker is not NULL:
            self._broker = NULL
            with nogil:
                b.amps_broker_free(broker)

    def _set_name(self, name):
        check_broker(b.amps_broker_set_name(self._broker, c_string(name)))

    def _add_transport(self, name, type, address, message_type, certificate, private_key, ca_file):
        cdef b.amps_broker_transport_t transport
        files = [None if path is None else os.fsencode(path) for path in (certificate, private_key, ca_file)]
        memset(&transport, 0, sizeof(transport))
        transport.struct_size = sizeof(transport)
        transport.name = c_string(name)
        transport.type = c_string(type)
        transport.address = c_string(address)
        transport.message_type = c_string(message_type)
        transport.certificate = c_string(files[0])
        transport.private_key = c_string(files[1])
        transport.ca_file = c_string(files[2])
        check_broker(b.amps_broker_add_transport(self._broker, &transport))

    def _set_limit(self, name, uint64_t value):
        check_broker(b.amps_broker_set_number(self._broker, <b.amps_broker_number_t><int>LIMITS[name], value))

    def _get_limit(self, name):
        cdef uint64_t value = 0
        check_broker(b.amps_broker_get_number(self._broker, <b.amps_broker_number_t><int>LIMITS[name], &value))
        return value

    def _configure(self, xml, origin, variables):
        cdef c.amps_span_t span
        text = xml.encode() if isinstance(xml, str) else xml
        span_of(text, &span)
        check_broker(b.amps_broker_configure(
            self._broker, span, c_string(origin), <const char*>variables if variables is not None else NULL))

    def _configure_file(self, path, variables):
        name = os.fsencode(path)
        check_broker(b.amps_broker_configure_file(
            self._broker, c_string(name), <const char*>variables if variables is not None else NULL))

    def configuration(self):
        """The effective configuration as XML text."""
        cdef c.amps_span_t xml
        check_broker(b.amps_broker_dump(self._broker, &xml))
        return text_of(xml)

    def _set_log(self, function, wants_trace):
        cdef b.amps_broker_log_t log
        log.struct_size = sizeof(log)
        log.fn = pyamps_on_log
        log.userdata = boxed(function)
        log.release = pyamps_release_broker_box
        log.wants_trace = 1 if wants_trace else 0
        check_broker(b.amps_broker_set_log(self._broker, &log))

    def _set_authenticator(self, function):
        cdef b.amps_broker_authenticator_t authenticator
        authenticator.struct_size = sizeof(authenticator)
        authenticator.fn = pyamps_on_logon
        authenticator.userdata = boxed(function)
        authenticator.release = pyamps_release_broker_box
        check_broker(b.amps_broker_set_authenticator(self._broker, &authenticator))

    def _set_entitlement(self, function):
        cdef b.amps_broker_entitlement_t entitlement
        entitlement.struct_size = sizeof(entitlement)
        entitlement.fn = pyamps_on_rights
        entitlement.userdata = boxed(function)
        entitlement.release = pyamps_release_broker_box
        check_broker(b.amps_broker_set_entitlement(self._broker, &entitlement))

    def _use_manual_clock(self):
        check_broker(b.amps_broker_use_manual_clock(self._broker))

    def _advance(self, uint64_t ms):
        cdef b.amps_broker_t* broker = self._broker
        cdef c.amps_result result
        with nogil:
            result = b.amps_broker_advance(broker, ms)
        check_broker(result)

    def check(self):
        """Do what ``start`` does, but change nothing and listen nowhere: see whether a start would succeed.

        :raises AMPSException: what a start would refuse, with its place in the configuration, or file and offset.
        """
        cdef b.amps_broker_t* broker = self._broker
        cdef c.amps_result result
        with nogil:
            result = b.amps_broker_check(broker)
        check_broker(result)

    def start(self):
        """Listen; ready on return. Returns ``self``.

        :raises ConnectionException: and others: an address is in use, or the configuration is wrong.
        """
        cdef b.amps_broker_t* broker = self._broker
        cdef c.amps_result result
        with nogil:
            result = b.amps_broker_start(broker)
        check_broker(result)
        _running.add(self)
        return self

    def stop(self):
        """Close every connection; returns within a second. May be called twice."""
        cdef b.amps_broker_t* broker = self._broker
        with nogil:
            b.amps_broker_stop(broker)

    def crash(self):
        """Stop as a killed process would, for tests: what waits for the disk is not written.

        What was acknowledged as persisted is there at the next ``start``; the rest may be lost.
        """
        cdef b.amps_broker_t* broker = self._broker
        with nogil:
            b.amps_broker_crash(broker)

    def _drain(self, uint32_t timeout_ms):
        cdef b.amps_broker_t* broker = self._broker
        cdef c.amps_result result
        with nogil:
            result = b.amps_broker_drain(broker, timeout_ms)
        if result == c.AMPS_E_TIMED_OUT:
            return False
        check_broker(result)
        return True

    def is_running(self):
        return b.amps_broker_is_running(self._broker) != 0

    def _addresses(self):
        cdef b.amps_broker_address_t address
        cdef size_t i
        rows = []
        for i in range(b.amps_broker_address_count(self._broker)):
            address.struct_size = sizeof(address)
            check_broker(b.amps_broker_address(self._broker, i, &address))
            rows.append({
                "name": text_of(address.name), "type": text_of(address.type), "host": text_of(address.host),
                "message_type": text_of(address.message_type), "path": text_of(address.path),
                "port": address.port,
            })
        return rows

    def _admin_address(self):
        cdef b.amps_broker_address_t address
        address.struct_size = sizeof(address)
        check_broker(b.amps_broker_admin_address(self._broker, &address))
        return text_of(address.host), address.port

    def _statistics(self):
        cdef c.amps_span_t json
        check_broker(b.amps_broker_statistics(self._broker, &json))
        return text_of(json)


cdef class NativeFilter:
    """A compiled expression."""

    cdef b.amps_broker_filter_t* _filter

    def __init__(self, text, message_type):
        cdef c.amps_span_t span
        cdef size_t offset = 0
        cdef b.amps_broker_filter_t* made = NULL
        span_of(text, &span)
        result = b.amps_broker_filter_new(span, c_string(message_type), &made, &offset)
        if result == c.AMPS_E_FILTER:
            b.amps_broker_last_error(NULL, &span)
            error = exception_for(result, text_of(span), "bad filter")
            error.offset = None if offset == <size_t>-1 else offset
            raise error
        check_broker(result)
        b.amps_broker_filter_free(self._filter)
        self._filter = made

    def __dealloc__(self):
        b.amps_broker_filter_free(self._filter)

    def matches(self, body):
        cdef c.amps_span_t span
        cdef int32_t matches = 0
        span_of(body, &span)
        check_broker(b.amps_broker_filter_matches(self._filter, span, &matches))
        return matches == 1

    def evaluate(self, body):
        cdef c.amps_span_t span
        cdef b.amps_broker_value_t value
        span_of(body, &span)
        value.struct_size = sizeof(value)
        check_broker(b.amps_broker_filter_evaluate(self._filter, span, &value))
        if value.kind == b.AMPS_BROKER_VALUE_NULL:
            return None
        if value.kind == b.AMPS_BROKER_VALUE_BOOLEAN:
            return value.bits != 0
        if value.kind == b.AMPS_BROKER_VALUE_INTEGER:
            return <int64_t>value.bits
        if value.kind == b.AMPS_BROKER_VALUE_UNSIGNED:
            return value.bits
        if value.kind == b.AMPS_BROKER_VALUE_FLOAT:
            return value.number
        return text_of(value.text)

    def explain(self):
        cdef c.amps_span_t text
        check_broker(b.amps_broker_filter_explain(self._filter, &text))
        return text_of(text)


def sample_configuration():
    """A commented configuration that works, as XML text."""
    return b.amps_broker_sample().decode()


def broker_version():
    """Version of the broker library."""
    return b.amps_broker_version_string().decode()


cdef int _process = os.getpid()


@atexit.register
def _stop_all():
    if os.getpid() == _process:
        for broker in list(_running):
            broker.stop()
