# SPDX-License-Identifier: Apache-2.0
# cython: language_level=3, boundscheck=False, wraparound=False
# The least a Python binding can do, as the limit for ours (row 2): publish() appends a frame to a
# buffer that a C thread writes; a C thread reads, cuts frames and calls Python with the interpreter
# lock taken once a block. No ids, no state, no errors.
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.stdint cimport uint64_t

cdef extern from "binding_native.h" nogil:
    ctypedef struct binding_writer:
        pass
    ctypedef struct binding_reader:
        int fd
        uint64_t count
        uint64_t ns
    binding_writer *binding_writer_new(int fd)
    void binding_writer_finish(binding_writer *writer)

cdef extern from "binding_native.h":
    void binding_writer_append(binding_writer *writer, const char *topic, size_t topic_size,
                               const char *body, size_t body_size)
    void binding_read(binding_reader *reader, object handler,
                      object (*make)(const char *, size_t, const char *, size_t))


cdef class Publisher:
    cdef binding_writer *_writer

    def __init__(self, int fd):
        self._writer = binding_writer_new(fd)

    def publish(self, str topic, str data):
        cdef Py_ssize_t topic_size, data_size
        cdef const char *topic_ptr = PyUnicode_AsUTF8AndSize(topic, &topic_size)
        cdef const char *data_ptr = PyUnicode_AsUTF8AndSize(data, &data_size)
        binding_writer_append(self._writer, topic_ptr, topic_size, data_ptr, data_size)

    def finish(self):
        with nogil:
            binding_writer_finish(self._writer)


cdef class Message:
    cdef const char *_topic
    cdef const char *_data
    cdef size_t _topic_size, _data_size

    def get_data(self):
        return PyUnicode_DecodeUTF8(self._data, self._data_size, NULL)


cdef object _make(const char *topic, size_t topic_size, const char *data, size_t data_size):
    cdef Message message = Message.__new__(Message)
    message._topic = topic
    message._topic_size = topic_size
    message._data = data
    message._data_size = data_size
    return message


def subscribe(int fd, handler):
    """Call handler(message) for each frame until the peer closes; return (messages, seconds)."""
    cdef binding_reader reader
    reader.fd = fd
    binding_read(&reader, handler, _make)
    return reader.count, reader.ns / 1e9
