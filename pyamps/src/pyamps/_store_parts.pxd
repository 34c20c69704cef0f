# SPDX-License-Identifier: Apache-2.0
from pyamps.libamps cimport amps_bookmark_store_vt_t, amps_publish_store_vt_t

# The tables that call a Part; self is the Part.
cdef const amps_bookmark_store_vt_t* bookmark_table() noexcept
cdef const amps_publish_store_vt_t* publish_table() noexcept
