# SPDX-License-Identifier: Apache-2.0
"""Messages of a subscription or query, one after the other, on the program's own thread."""

from libc.stdint cimport uint32_t

from pyamps cimport libamps as c
from pyamps._errors cimport check, text_of
from pyamps._message cimport adopted
from pyamps._text cimport milliseconds


cdef MessageStream stream_of(c.amps_stream_t* stream, object client):
    cdef MessageStream made = MessageStream.__new__(MessageStream)
    made._stream = stream
    made._client = client
    return made


cdef class MessageStream:
    """Iterator over messages; ends when the query is complete or the subscription is over.

    Dropping the last reference closes it. Made by :meth:`Client.execute` and the named methods.
    Threads: one reads; any may close. Source: ``amps_stream_next``.
    """

    def __dealloc__(self):
        cdef c.amps_stream_t* stream = self._stream
        if stream is not NULL:
            self._stream = NULL
            with nogil:
                c.amps_stream_release(stream)

    @classmethod
    def __class_getitem__(cls, yielded):
        """For annotations: ``MessageStream[Message | None]`` is one with a time-out."""
        from types import GenericAlias

        return GenericAlias(cls, yielded)

    def __iter__(self):
        return self

    def __next__(self):
        cdef c.amps_message_ref_t message
        cdef c.amps_stream_state_t state = c.AMPS_STREAM_ENDED
        cdef c.amps_result result
        cdef c.amps_stream_t* stream = self._stream
        cdef uint32_t timeout_ms = self._timeout_ms
        if stream is NULL:
            raise StopIteration
        message.body = NULL
        if c.amps_stream_depth(stream) > 0:  # Nothing to wait for: the GIL stays.
            result = c.amps_stream_next(stream, timeout_ms, &message, &state)
        else:
            with nogil:
                result = c.amps_stream_next(stream, timeout_ms, &message, &state)
        check(result)
        if state == c.AMPS_STREAM_MESSAGE:
            return adopted(message.body)
        if state == c.AMPS_STREAM_TIMED_OUT:
            return None
        raise StopIteration

    def next(self):
        """The next message, or None after the time-out.

        :raises StopIteration: there will be no more.
        """
        return self.__next__()

    def read_many(self, n):
        """Wait for one message, then take what else has arrived, at most ``n`` in all.

        :returns: list of messages; empty after the time-out and at the end.
        """
        messages = []
        while len(messages) < n and (not messages or c.amps_stream_depth(self._stream) > 0):
            message = next(self, None)
            if message is None:
                break
            messages.append(message)
        return messages

    def timeout(self, timeout_ms):
        """Yield ``None`` after so many milliseconds without a message; 0 waits without limit."""
        self._timeout_ms = milliseconds(timeout_ms)
        return self

    def conflate(self):
        """Replace a waiting message by a newer one with the same SOW key."""
        if self._stream is not NULL:
            check(c.amps_stream_set_conflating(self._stream, 1))
        return self

    def max_depth(self, depth):
        """Messages that may wait before reading from the socket pauses; 0: no limit in messages."""
        if self._stream is not NULL:
            check(c.amps_stream_set_max_depth(self._stream, depth))
        return self

    set_max_depth = max_depth

    def get_max_depth(self):
        """Limit of waiting messages; 0: none."""
        return c.amps_stream_max_depth(self._stream) if self._stream is not NULL else 0

    def get_depth(self):
        """Messages that wait now."""
        return c.amps_stream_depth(self._stream) if self._stream is not NULL else 0

    depth = get_depth

    def close(self):
        """Unsubscribe and end the iteration. Does not wait for the server; may be called twice."""
        cdef c.amps_stream_t* stream = self._stream
        if stream is not NULL:
            with nogil:
                c.amps_stream_close(stream)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    cdef object _id(self, c.FieldId which):
        cdef c.amps_span_t span
        span.ptr = NULL
        span.len = 0
        if self._stream is not NULL:
            check(c.amps_stream_id(self._stream, which, &span))
        return text_of(span) if span.len else None

    def get_sub_id(self):
        """Id of the subscription, or None."""
        return self._id(c.AMPS_SubscriptionId)

    def get_command_id(self):
        """Id of the command, or None."""
        return self._id(c.AMPS_CommandId)

    def get_query_id(self):
        """Id of the query, or None."""
        return self._id(c.AMPS_QueryId)

    maxDepth = max_depth
    setMaxDepth = max_depth
    getMaxDepth = get_max_depth
    getDepth = get_depth
    getSubId = get_sub_id
    getCommandId = get_command_id
    getQueryId = get_query_id
    readMany = read_many
