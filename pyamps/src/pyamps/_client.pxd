# SPDX-License-Identifier: Apache-2.0
from libc.stdint cimport uint32_t, uint64_t

from pyamps.libamps cimport (
    amps_client_number_t, amps_client_ref_t, amps_client_t, amps_client_text_t)

cdef class NativeClient:
    cdef amps_client_ref_t _ref    # Layout of AMPS::Client; this address is what ctypes passes.
    cdef object __weakref__
    cdef dict __dict__             # Programs add attributes of their own.
    cdef object _exception_listener
    cdef list _state_listeners     # [(listener, its box)]: the pair names it to libamps.
    cdef dict _parts               # Python objects handed to libamps, for the getters.

    cdef amps_client_t* body(self) except NULL
    cdef uint64_t number(self, amps_client_number_t which) except? 0
    cdef int set_number(self, amps_client_number_t which, uint64_t value) except -1
    cdef str text(self, amps_client_text_t which)
    cdef int set_text(self, amps_client_text_t which, object value) except -1
    cdef object publish_with(self, object topic, object data, object expiration, uint32_t flags)
