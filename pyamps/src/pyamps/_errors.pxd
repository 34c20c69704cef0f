# SPDX-License-Identifier: Apache-2.0
from pyamps.libamps cimport amps_result, amps_span_t

# 0, or -1 with a Python exception set. Call it on the thread of the failing call.
cdef int check(amps_result result) except -1
# Raises: the exception for a failure that does not come from this thread's last call.
cdef object exception_for(int code, str text, str reason)
# Keeps an exception that must cross C on this thread, until check() or take_parked() asks for it.
cdef void park(object error) noexcept
cdef object take_parked()
# The parked exception if a failure with this code comes from it, else None; it stays parked.
cdef object parked_for(int code)
# Parks the exception and says to libamps why the callback fails.
cdef amps_result fail_callback(object error) noexcept
# Text in the bytes of a span.
cdef str text_of(amps_span_t span)
