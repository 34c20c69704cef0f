# SPDX-License-Identifier: Apache-2.0
from libc.stdint cimport uint32_t

from pyamps.libamps cimport FieldId, amps_stream_t

cdef class MessageStream:
    cdef amps_stream_t* _stream  # One reference; NULL only in an object nobody made a stream for.
    cdef object _client          # Kept so that dropping the client does not end the stream.
    cdef uint32_t _timeout_ms    # 0: no limit.

    cdef object _id(self, FieldId which)

# Takes over the caller's reference.
cdef MessageStream stream_of(amps_stream_t* stream, object client)
