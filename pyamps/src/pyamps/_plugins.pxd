# SPDX-License-Identifier: Apache-2.0
from pyamps.libamps cimport (
    amps_authenticator_vt_t, amps_bookmark_store_vt_t, amps_client_t, amps_delay_strategy_vt_t,
    amps_failed_resubscribe_vt_t, amps_publish_store_vt_t, amps_server_chooser_vt_t, amps_span_t)

cdef extern from "plugin_tables.h" nogil:
    const amps_authenticator_vt_t pyamps_authenticator_table
    const amps_server_chooser_vt_t pyamps_chooser_table
    const amps_delay_strategy_vt_t pyamps_delay_table
    const amps_failed_resubscribe_vt_t pyamps_resubscribe_table
    const amps_bookmark_store_vt_t pyamps_bookmark_table
    const amps_publish_store_vt_t pyamps_publish_table

# A Python object that plays a part in a client: chooser, store, authenticator, …
cdef class Part:
    cdef object target
    cdef bytes answer          # Owns the bytes of the span last returned; libamps copies them at once.
    cdef Part authenticator    # Owns the part last returned by current_authenticator().

    cdef int reply(self, object text, amps_span_t* out) except -1

cdef Part part_of(object target)
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
