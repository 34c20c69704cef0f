# SPDX-License-Identifier: Apache-2.0
# cython: boundscheck=False, wraparound=False
"""Names of commands and fields, from the tables of libamps."""

from libc.stdint cimport uint32_t

from pyamps.constants import Command as _Command

cdef extern from *:
    """
    #include "amps/amps_message.h"
    typedef struct { const char *name, *text; unsigned bit; } pyamps_command_row;
    static const pyamps_command_row pyamps_commands[] = {
    #define PYAMPS_ROW(name, text, bit) {#name, text, bit},
      AMPS_COMMAND_TABLE(PYAMPS_ROW)
    #undef PYAMPS_ROW
    };
    enum { pyamps_command_count = sizeof pyamps_commands / sizeof pyamps_commands[0] };
    static const char *const pyamps_field_names[] = {
    #define PYAMPS_ROW(name, key, second, third, kind) #name,
      AMPS_FIELD_TABLE(PYAMPS_ROW)
    #undef PYAMPS_ROW
    };
    /* Which of the 32 bits; command must not be 0. */
    #define pyamps_bit(command) __builtin_ctz(command)
    """
    ctypedef struct pyamps_command_row:
        const char* name
        const char* text
        uint32_t bit
    pyamps_command_row[] pyamps_commands
    int pyamps_command_count
    const char** pyamps_field_names
    int pyamps_bit(uint32_t command) nogil


# Full names by bit, and bits by any name: the wire writes "p" for "publish".
cdef list _name_of_bit = [None] * 32
cdef dict _bit_of_name = {}
cdef int _row
for _row in range(pyamps_command_count):
    _name = getattr(_Command, pyamps_commands[_row].name.decode())
    _name_of_bit[pyamps_bit(pyamps_commands[_row].bit)] = _name
    _bit_of_name[_name] = pyamps_commands[_row].bit
    _bit_of_name[pyamps_commands[_row].text.decode()] = pyamps_commands[_row].bit


cdef str command_name(uint32_t command):
    return _name_of_bit[pyamps_bit(command)]


cdef uint32_t command_bit(str name):
    return _bit_of_name.get(name, 0)


cdef str field_name(int field):
    return pyamps_field_names[field].decode()
