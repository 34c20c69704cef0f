# SPDX-License-Identifier: Apache-2.0
# cython: boundscheck=False, wraparound=False
"""Messages, in either direction."""

from cpython.buffer cimport PyBuffer_FillInfo
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint32_t, uintptr_t

from pyamps cimport libamps as c
from pyamps._errors cimport check
from pyamps._header cimport Header
from pyamps._names cimport command_bit, field_name
from pyamps._text cimport span_of

from pyamps.constants import AckType as _AckType
from pyamps.constants import Command as _Command
from pyamps.constants import Status as _Status
from pyamps.options import Options as _Options

cdef extern from *:
    """
    #include <string.h>

    // UTF-8 as str. ASCII, the usual case, is looked through by words and copied: a third of the instructions of
    // Python's own decoder for 100 bytes.
    static PyObject *pyamps_decoded(const char *ptr, Py_ssize_t size) {
      uint64_t word = 0, seen = 0;
      Py_ssize_t at = 0;
      for (; size - at >= 8; at += 8) {
        memcpy(&word, ptr + at, 8);
        seen |= word;
      }
      word = 0;
      if (size >= 8) {
        memcpy(&word, ptr + size - 8, 8);  // What is left, and some of what was seen.
      } else if (size != 0) {
        memcpy(&word, ptr, (size_t)size);
      }
      if (((seen | word) & 0x8080808080808080u) != 0) return PyUnicode_DecodeUTF8(ptr, size, NULL);
      PyObject *text = PyUnicode_New(size, 127);
      if (text != NULL && size != 0) memcpy(PyUnicode_1BYTE_DATA(text), ptr, (size_t)size);
      return text;
    }
    """
    object pyamps_decoded(const char* ptr, Py_ssize_t size)


# Commands that carry a payload even if it is empty.
cdef uint32_t _with_data = command_bit("publish") | command_bit("delta_publish") | command_bit("sow") \
    | command_bit("oof")


cdef Message borrowed(c.amps_message_t* body):
    cdef Message message = Message.__new__(Message)
    message._ref.body = body
    return message


cdef Message adopted(c.amps_message_t* body):
    cdef Message message = Message.__new__(Message)
    message._ref.body = body
    message._owned = True
    return message


cdef class Message(Header):
    """One message: header fields and a payload.

    A handler's message is used again for the next one; an object the program keeps is detached, so
    that it stays valid. Messages of a stream and copies belong to the program.
    Threads: one at a time.
    """

    Command = _Command
    AckType = _AckType
    Status = _Status
    Options = _Options

    def __init__(self, client=None):
        """An empty message. ``client`` is accepted for compatibility."""

    cdef void detach(self) noexcept:
        cdef c.amps_message_t* view = self._ref.body
        if self._exports:
            try:
                release_views(self)
            except Exception:
                pass  # A view that something else exports cannot be released; its bytes die here.
        if not self._owned:
            self._ref.body = <c.amps_message_t*>c.amps_message_copy(view)
            self._owned = True

    # ---- payload ----

    def get_data(self):
        """The payload as str; "" when empty, None when the frame has none.

        :raises UnicodeDecodeError: the payload is not UTF-8; :meth:`get_data_raw` always works.
        """
        cdef c.amps_message_t* body = self._ref.body
        if self._data is not None:
            return self._data
        if body is NULL or (body.data.len == 0 and not self._has_payload()):
            return None
        self._data = pyamps_decoded(body.data.ptr, body.data.len)
        return self._data

    def get_data_raw(self):
        """The payload as bytes; b"" when there is none."""
        cdef c.amps_message_t* body = self._ref.body
        if body is NULL:
            return b""
        return PyBytes_FromStringAndSize(body.data.ptr, body.data.len)

    def get_json(self):
        """The payload as the value its JSON text stands for."""
        import json

        return json.loads(self.get_data_raw())

    def set_data(self, value):
        """Set the payload: str (as UTF-8), bytes or another bytes-like object."""
        cdef c.amps_span_t span
        if not isinstance(value, (str, bytes)) and value is not None:
            value = bytes(value)
        span_of(value, &span)
        self._data = None
        check(c.amps_message_set_data(self.body(), span.ptr, span.len))

    cdef bint _has_payload(self) noexcept:
        cdef c.amps_message_t* body = self._ref.body
        return body.data.len > 0 or (body.command & _with_data) != 0

    def get_message_length(self):
        """Bytes of the payload as the header announced them, or as there are."""
        cdef c.amps_message_t* body = self._ref.body
        if body is NULL:
            return 0
        if (body.present >> <int>c.AMPS_MessageLength) & 1:
            return self._number(c.AMPS_MessageLength)
        return body.data.len

    def __getbuffer__(self, Py_buffer* buffer, int flags):
        cdef c.amps_message_t* body = self.body()
        PyBuffer_FillInfo(buffer, self, <void*>body.data.ptr, body.data.len, 1, flags)
        self._exports += 1

    def __releasebuffer__(self, Py_buffer* buffer):
        self._exports -= 1

    # ---- behaviour ----

    def copy(self):
        """An independent message with the same fields and payload."""
        cdef c.amps_message_t* body = <c.amps_message_t*>c.amps_message_copy(self.body())
        if body is NULL:
            raise MemoryError
        return adopted(body)

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def reset(self):
        """Clear every field and the payload."""
        self._data = None
        c.amps_message_reset(self.body())

    def ack(self, options=None):
        """Acknowledge a queue message; without effect for others.

        :param options: ``"cancel"`` gives the message back, ``"expire"`` removes it.
        """
        cdef c.amps_message_t* body = self.body()
        cdef c.amps_span_t span
        cdef c.amps_result result
        span_of(options, &span)
        with nogil:
            result = c.amps_message_ack(body, span)
        check(result)

    def __reduce__(self):
        return restored, (self.fields(), self.get_data_raw() if self._has_payload() else None)

    def __bool__(self):
        return True

    def __str__(self):
        shown = {name: "***" if name == "Password" else value for name, value in self.fields().items()}
        if "Command" in shown:
            shown["Command"] = self.get_command()
        text = ", ".join(f"{name}={value}" for name, value in shown.items())
        return f"Message({text}; {self._ref.body.data.len} bytes)"

    def __repr__(self):
        return str(self)

    @property
    def _as_parameter_(self):
        from ctypes import c_void_p

        self.body()
        return c_void_p(<uintptr_t>&self._ref)

    getData = get_data
    setData = set_data
    getDataRaw = get_data_raw
    getMessageLength = get_message_length
    getJson = get_json


def restored(fields, data):
    """The message that was pickled as these fields and this payload."""
    cdef Message message = Message()
    cdef int i
    for i in range(<int>c.AMPS_FIELD_COUNT):
        value = fields.get(field_name(i))
        if value is None:
            continue
        if i == <int>c.AMPS_Command:
            message.set_command(value)
        else:
            message._set(<c.FieldId>i, value.encode("utf-8", "surrogateescape"))
    if data is not None:
        message.set_data(data)
    return message


# Views that a handler left behind point into the receive buffer, so they are released: using them
# raises ValueError. This walks all objects, which only programs that keep views pay for.
cdef int release_views(Message message) except -1:
    import gc

    for owner in gc.get_referrers(message):
        if type(owner).__name__ == "managedbuffer":
            for view in gc.get_referrers(owner):
                if isinstance(view, memoryview):
                    view.release()
    return 0
