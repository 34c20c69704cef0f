# SPDX-License-Identifier: Apache-2.0
from libc.stdint cimport uint32_t

# The full name of an AMPS_COMMAND_ bit, which must not be 0; None when it has none.
cdef str command_name(uint32_t command)
# The AMPS_COMMAND_ bit of a name, 0 when unknown. The wire's short "p" is a name, too.
cdef uint32_t command_bit(str name)
# The C name of a field: "Topic".
cdef str field_name(int field)
