# SPDX-License-Identifier: Apache-2.0
from pyamps.libamps cimport FieldId, amps_message_ref_t, amps_message_t

cdef class Header:
    cdef amps_message_ref_t _ref  # Layout of AMPS::Message. A NULL body is made when it is needed.
    cdef bint _owned              # We hold a reference to the body; else it is a view of a handler.
    cdef str _topic               # The latest topic read, to be found again in the next message.

    cdef amps_message_t* body(self) except NULL
    cdef str _text(self, FieldId field)
    cdef object _number(self, FieldId field)
    cdef int _set(self, FieldId field, object value) except -1
