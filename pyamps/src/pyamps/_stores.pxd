# SPDX-License-Identifier: Apache-2.0
from libc.stdint cimport uint64_t

from pyamps.libamps cimport amps_bookmark_store_vt_t, amps_publish_store_vt_t, amps_result

# A store of libamps itself, used without Python.
cdef class NativePublishStore:
    cdef const amps_publish_store_vt_t* table
    cdef void* part            # NULL before __init__.

    cdef int require_empty(self) except -1
    cdef void* whole(self) except NULL
    cdef uint64_t number(self, amps_result (*entry)(void*, uint64_t*) noexcept nogil) except? 0

cdef class NativeBookmarkStore:
    cdef const amps_bookmark_store_vt_t* table
    cdef void* part            # NULL before __init__.

    cdef int require_empty(self) except -1
    cdef void* whole(self) except NULL
