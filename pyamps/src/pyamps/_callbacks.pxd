# SPDX-License-Identifier: Apache-2.0
from libc.stdint cimport uintptr_t

from pyamps.libamps cimport (
    amps_client_t, amps_disconnect_handler_t, amps_exception_listener_t, amps_failed_write_handler_t,
    amps_handler_t, amps_state_listener_t, amps_thread_callback_t, amps_transport_filter_t)

# What C holds of a Python callable: one reference for each registration.
cdef class Box:
    cdef object callable
    cdef object owner      # Weak reference to the client, for callbacks that get it; else None.
    cdef bytes received    # Bytes a transport filter put in place of received ones; kept until the next.
    cdef bytes sent        # The same for outgoing bytes.

cdef class CMessageHandler:
    cdef readonly object function  # What the program gave; keeps the code loaded.
    cdef readonly object userdata
    cdef object _kept              # Owns the memory behind _pointer.
    cdef uintptr_t _address        # The native function.
    cdef uintptr_t _pointer        # Its second argument.

# Each fills a struct for libamps, which takes over one reference to a new box. The owner is a weak
# reference to the client. TypeError for what cannot be called.
cdef int fill_handler(object handler, amps_handler_t* out) except -1
cdef int fill_failed_write(object handler, object owner, amps_failed_write_handler_t* out) except -1
cdef int fill_exception_listener(object owner, amps_exception_listener_t* out) except -1
cdef int fill_state_listener(object listener, object owner, amps_state_listener_t* out) except -1
cdef int fill_lost(object handler, object owner, amps_disconnect_handler_t* out) except -1
cdef int fill_filter(object handler, amps_transport_filter_t* out) except -1
cdef int fill_thread_callback(object handler, amps_thread_callback_t* out) except -1
# Calls the exception listener of a client, or shows the exception when there is none.
cdef void report(object client, object error) noexcept
# At exit: no Python from now on, and the clients disconnect, for at most so long.
cdef void end_deliveries(amps_client_t** clients, size_t count, unsigned int timeout_ms) noexcept
