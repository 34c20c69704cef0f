# SPDX-License-Identifier: Apache-2.0
from pyamps._header cimport Header
from pyamps.libamps cimport amps_message_t

cdef class Message(Header):
    cdef Py_ssize_t _exports  # Buffers that show the payload now.
    cdef str _data            # The payload once it was decoded.

    # Turns the view of a handler into a message that stays valid.
    cdef void detach(self) noexcept
    cdef bint _has_payload(self) noexcept

# A message whose body somebody else keeps; with a NULL body one to be filled for each delivery.
cdef Message borrowed(amps_message_t* body)
# Takes over the caller's reference.
cdef Message adopted(amps_message_t* body)
