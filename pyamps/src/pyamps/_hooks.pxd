# SPDX-License-Identifier: Apache-2.0
from pyamps._client cimport NativeClient
from pyamps.libamps cimport amps_handler_slot_t

cdef class HookedClient(NativeClient):
    cdef int set_slot(self, amps_handler_slot_t slot, str name, object handler) except -1
