# SPDX-License-Identifier: Apache-2.0
from libc.stdint cimport uint64_t

from pyamps.libamps cimport amps_bookmark_store_vt_t, amps_publish_store_vt_t, amps_result

# A store of libamps itself, used without Python.
cdef class NativeStore:
    cdef void* part            # NULL before __init__.
    cdef void (*release)(void*) noexcept nogil

    cdef int hold(self, void* part, void (*release)(void*) noexcept nogil) except -1
    cdef int require_empty(self) except -1
    cdef void* whole(self) except NULL
    cdef int blocking(self, amps_result (*function)(void*) noexcept nogil) except -1

cdef class NativePublishStore(NativeStore):
    cdef const amps_publish_store_vt_t* table

    cdef uint64_t number(self, amps_result (*entry)(void*, uint64_t*) noexcept nogil) except? 0

cdef class NativeBookmarkStore(NativeStore):
    cdef const amps_bookmark_store_vt_t* table
