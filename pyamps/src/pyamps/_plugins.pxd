# SPDX-License-Identifier: Apache-2.0
from pyamps.libamps cimport (
    amps_authenticator_vt_t, amps_client_t, amps_delay_strategy_vt_t, amps_failed_resubscribe_vt_t,
    amps_server_chooser_vt_t, amps_span_t)
from pyamps._message cimport Message

# The tables that call a Part; self is the Part.
cdef const amps_authenticator_vt_t* authenticator_table() noexcept
cdef const amps_server_chooser_vt_t* chooser_table() noexcept
cdef const amps_delay_strategy_vt_t* delay_table() noexcept
cdef const amps_failed_resubscribe_vt_t* resubscribe_table() noexcept

# A Python object that plays a part in a client: chooser, store, authenticator, …
cdef class Part:
    cdef object target
    cdef bytes answer          # Owns the bytes of the span last returned; libamps copies them at once.
    cdef Part authenticator    # Owns the part last returned by current_authenticator().

    cdef int reply(self, object text, amps_span_t* out) except -1

cdef Part part_of(object target)
# Gives a message that the program still holds after a callback its own copy.
cdef int keep_if_used(Message message) noexcept
# {"client.name": …}: what a client tells about itself.
cdef dict connection_info(amps_client_t* client)

# A chooser or delay strategy of libamps itself, used without Python.
cdef class NativeChooser:
    cdef const amps_server_chooser_vt_t* table
    cdef void* part
    cdef list authenticators   # [(uri, authenticator)] for those that ask.

cdef class NativeDelay:
    cdef const amps_delay_strategy_vt_t* table
    cdef void* part

    cdef int replace(self, const amps_delay_strategy_vt_t* table, void* part) except -1
