# SPDX-License-Identifier: Apache-2.0
"""One connection: what :class:`pyamps.Client` and :class:`pyamps.HAClient` are made of."""

import atexit
import os
import weakref

from libc.stdint cimport uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport free, malloc

from pyamps cimport libamps as c
from pyamps._callbacks cimport end_deliveries, fill_exception_listener, fill_handler
from pyamps._errors cimport check, take_parked, text_of
from pyamps._message cimport Message
from pyamps._plugins cimport Part, connection_info, part_of, authenticator_table
from pyamps._stream cimport stream_of
from pyamps._text cimport c_string, milliseconds, span_of

from pyamps.exceptions import UsageException

cdef extern from *:
    """
    static const char *const pyamps_number_names[] = {
    #define PYAMPS_ROW(name, value, text) #name,
      AMPS_CLIENT_NUMBER_TABLE(PYAMPS_ROW)
    #undef PYAMPS_ROW
    };
    typedef struct { const char *text; unsigned bit; } pyamps_ack_row;
    static const pyamps_ack_row pyamps_acks[] = {
    #define PYAMPS_ROW(name, text, bit) {text, bit},
      AMPS_ACK_TABLE(PYAMPS_ROW)
    #undef PYAMPS_ROW
    };
    enum { pyamps_ack_count = sizeof pyamps_acks / sizeof pyamps_acks[0] };
    """
    ctypedef struct pyamps_ack_row:
        const char* text
        unsigned int bit
    const char** pyamps_number_names
    pyamps_ack_row[] pyamps_acks
    int pyamps_ack_count

# Settings by their C names, and acknowledgement types by their texts.
NUMBERS = {pyamps_number_names[i].decode(): i for i in range(<int>c.AMPS_CLIENT_NUMBER_COUNT)}
ACK_BITS = {pyamps_acks[i].text.decode(): pyamps_acks[i].bit for i in range(pyamps_ack_count)}
LIBRARY_VERSION = c.amps_version_string().decode()


cdef class NativeClient:
    """The methods of a client that are one call into libamps."""

    def _open(self, name, kind):
        """Make the native client. ``kind``: AMPS_CLIENT_KIND_PLAIN 1 or _HA 2."""
        cdef c.amps_span_t span
        cdef c.amps_client_t* body = NULL
        if self._ref.body is not NULL:
            raise UsageException("the client is initialised already")
        span_of(name, &span)
        check(c.amps_client_new(&body, span, kind))
        self._ref.body = body
        self._state_listeners = []
        self._parts = {}
        self.set_text(c.AMPS_CLIENT_LANGUAGE, "python")
        self._listen()
        _open_clients.add(self)

    def _listen(self):
        cdef c.amps_exception_listener_t listener
        fill_exception_listener(weakref.ref(self), &listener)
        check(c.amps_client_set_exception_listener(self.body(), &listener))

    def __dealloc__(self):
        cdef c.amps_client_t* body = self._ref.body
        if body is not NULL:
            self._ref.body = NULL
            with nogil:  # The last reference disconnects, which waits for handlers.
                c.amps_client_release(body)

    cdef c.amps_client_t* body(self) except NULL:
        if self._ref.body is NULL:
            raise UsageException("Client.__init__ was not called")
        return self._ref.body

    @property
    def _as_parameter_(self):
        from ctypes import c_void_p

        self.body()
        return c_void_p(<uintptr_t>&self._ref)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.disconnect()

    # ---- numbers and texts ----

    cdef uint64_t number(self, c.amps_client_number_t which) except? 0:
        cdef uint64_t value = 0
        check(c.amps_client_get_number(self.body(), which, &value))
        return value

    cdef int set_number(self, c.amps_client_number_t which, uint64_t value) except -1:
        return check(c.amps_client_set_number(self.body(), which, value))

    cdef str text(self, c.amps_client_text_t which):
        cdef c.amps_span_t span
        span.ptr = NULL
        span.len = 0
        check(c.amps_client_get_text(self.body(), which, &span))
        return text_of(span)

    cdef int set_text(self, c.amps_client_text_t which, object value) except -1:
        cdef c.amps_span_t span
        span_of(value, &span)
        return check(c.amps_client_set_text(self.body(), which, span))

    def name(self):
        """Name of the client."""
        return self.text(c.AMPS_CLIENT_NAME)

    get_name = name

    def set_name(self, name):
        """Change the name; only while disconnected."""
        self.set_text(c.AMPS_CLIENT_NAME, name)

    def get_name_hash(self):
        """Hash of the name as it stands in bookmarks; known after logon."""
        return self.text(c.AMPS_CLIENT_NAME_HASH_TEXT)

    def get_name_hash_value(self):
        """The same as a number."""
        return self.number(c.AMPS_CLIENT_NAME_HASH)

    def get_uri(self):
        """URI of the latest connect, with its password."""
        return self.text(c.AMPS_CLIENT_URI)

    def _redacted_uri(self):
        return self.text(c.AMPS_CLIENT_URI_REDACTED)

    def get_server_version(self):
        """Packed version of the server; 0 before logon."""
        return self.number(c.AMPS_CLIENT_SERVER_VERSION)

    def _server_version_text(self):
        return self.text(c.AMPS_CLIENT_SERVER_VERSION_TEXT)

    def set_logon_correlation_data(self, data):
        """Correlation id of each logon; letters of the base64 alphabet."""
        self.set_text(c.AMPS_CLIENT_LOGON_CORRELATION, data)

    def get_logon_correlation_data(self):
        return self.text(c.AMPS_CLIENT_LOGON_CORRELATION)

    def _set_logon_options(self, options):
        self.set_text(c.AMPS_CLIENT_LOGON_OPTIONS, options)

    def _get_logon_options(self):
        return self.text(c.AMPS_CLIENT_LOGON_OPTIONS)

    def get_connection_info(self):
        """dict of what is known about the connection: ``"client.name"``, ``"client.uri"``, …"""
        return connection_info(self.body())

    gather_connection_info = get_connection_info

    def _get_number(self, int which):
        return self.number(<c.amps_client_number_t>which)

    def _set_number(self, int which, uint64_t value):
        self.set_number(<c.amps_client_number_t>which, value)

    def get_unpersisted_count(self):
        """Messages of the publish store the server has not persisted yet."""
        return self.number(c.AMPS_CLIENT_UNPERSISTED_COUNT)

    # ---- session ----

    def connect(self, uri):
        """Open the transport named by ``uri``; logon is next."""
        cdef const char* text = c_string(uri)
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_result result
        take_parked()
        with nogil:
            result = c.amps_client_connect(body, text)
        check(result)

    def _logon(self, timeout_ms, authenticator, options):
        cdef c.amps_client_t* body = self.body()
        cdef uint32_t limit_ms = milliseconds(timeout_ms)
        cdef const char* option_text = c_string(options)
        cdef const c.amps_authenticator_vt_t* table = NULL
        cdef c.amps_span_t command_id
        cdef c.amps_result result
        cdef Part part = None  # Owns the authenticator until the call returns.
        command_id.len = 0
        if authenticator is not None:
            part = part_of(authenticator)
            table = authenticator_table()
        take_parked()
        with nogil:
            result = c.amps_client_logon(body, table, <void*>part, option_text, limit_ms, &command_id)
        check(result)
        return text_of(command_id)

    def _connect_and_logon(self):
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_result result
        take_parked()
        with nogil:
            result = c.amps_client_connect_and_logon(body)
        check(result)

    def disconnect(self):
        """End the session; may be called at any time, also twice. The client may connect again."""
        cdef c.amps_client_t* body = self._ref.body
        if body is not NULL:
            take_parked()
            with nogil:
                c.amps_client_disconnect(body)
            interruption = take_parked()
            if interruption is not None:  # The wait for a running handler ended early.
                raise interruption

    def close(self):
        """The same as :meth:`disconnect`."""
        self.disconnect()

    def set_heartbeat(self, interval, timeout=None):
        """Exchange heartbeats, now and after every later logon.

        :param interval: seconds between beats; 0 turns them off.
        :param timeout: seconds of silence that mean the connection is lost; default twice the interval.
        """
        cdef c.amps_client_t* body = self.body()
        cdef uint32_t interval_s = interval
        cdef uint32_t timeout_s = timeout or 0
        cdef c.amps_result result
        with nogil:
            result = c.amps_client_set_heartbeat(body, interval_s, timeout_s)
        check(result)

    def _add_http_preflight_header(self, line):
        cdef c.amps_span_t span
        span_of(line, &span)
        check(c.amps_client_add_http_preflight_header(self.body(), span))

    def clear_http_preflight_headers(self):
        """Forget the headers added for the HTTP preflight."""
        check(c.amps_client_clear_http_preflight_headers(self.body()))

    # ---- publishing ----

    cdef object publish_with(self, object topic, object data, object expiration, uint32_t flags):
        cdef c.amps_span_t topic_span
        cdef c.amps_span_t data_span
        cdef uint64_t sequence = 0
        cdef uint32_t expiration_s = c.AMPS_NO_EXPIRATION
        cdef c.amps_client_t* body = self._ref.body
        cdef c.amps_result result
        if body is NULL:
            self.body()
        if expiration is not None:
            expiration_s = expiration
        if not isinstance(data, (str, bytes)) and data is not None:
            data = bytes(memoryview(data))
        span_of(topic, &topic_span)
        span_of(data, &data_span)
        # Letting the GIL go costs more than the call; so only if it would have to wait.
        result = c.amps_client_publish(
            body, topic_span, data_span, expiration_s, flags | c.AMPS_PUBLISH_NO_WAIT, &sequence)
        if result == c.AMPS_E_WOULD_BLOCK:
            if flags & c.AMPS_PUBLISH_NO_WAIT:
                return None
            with nogil:
                result = c.amps_client_publish(body, topic_span, data_span, expiration_s, flags, &sequence)
        if result != c.AMPS_E_OK:
            check(result)
        return sequence

    def publish(self, topic, data, expiration=None):
        """Send one message; returns before the server has it.

        :param topic: str or bytes.
        :param data: payload: str (as UTF-8), bytes or a bytes-like object.
        :param expiration: seconds the record lives in the topic's SOW; None: the topic's default.
        :returns: sequence number of the publish store, 0 without one.
        :raises DisconnectedException: there is no connection and no store to keep the message.
        Threads: any. Source: ``amps_client_publish``.
        """
        return self.publish_with(topic, data, expiration, 0)

    def _publish_now(self, topic, data, expiration=None):
        """As :meth:`publish`; returns None instead of waiting for room."""
        return self.publish_with(topic, data, expiration, c.AMPS_PUBLISH_NO_WAIT)

    def delta_publish(self, topic, data, expiration=None):
        """As :meth:`publish`; the server merges the fields into the record."""
        return self.publish_with(topic, data, expiration, c.AMPS_PUBLISH_DELTA)

    def publish_many(self, topic, messages):
        """Publish each payload of an iterable to one topic; returns how many."""
        count = 0
        for data in messages:
            self.publish_with(topic, data, None, 0)
            count += 1
        return count

    def _publish_flush(self, timeout_ms, uint32_t ack_types):
        cdef c.amps_client_t* body = self.body()
        cdef uint32_t limit_ms = milliseconds(timeout_ms)
        cdef c.amps_result result
        take_parked()
        with nogil:
            result = c.amps_client_publish_flush(body, limit_ms, ack_types)
        check(result)

    # ---- commands ----

    def _execute(self, Message command not None, handler, timeout_ms, uint32_t flags=0):
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_message_t* message = command.body()
        cdef uint32_t limit_ms = milliseconds(timeout_ms)
        cdef c.amps_handler_t native
        cdef c.amps_span_t command_id
        cdef c.amps_result result
        command_id.ptr = NULL
        command_id.len = 0
        fill_handler(handler, &native)
        take_parked()
        with nogil:
            result = c.amps_client_execute(
                body, message, &native if native.fn is not NULL else NULL, limit_ms, flags, &command_id)
        check(result)
        return text_of(command_id)

    def _execute_stream(self, Message command not None, timeout_ms, uint32_t flags=0):
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_message_t* message = command.body()
        cdef uint32_t limit_ms = milliseconds(timeout_ms)
        cdef c.amps_stream_t* stream = NULL
        cdef c.amps_result result
        take_parked()
        with nogil:
            result = c.amps_client_execute_stream(body, message, limit_ms, flags, &stream)
        check(result)
        return stream_of(stream, self)

    def _send(self, Message message not None):
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_message_t* sent = message.body()
        cdef c.amps_result result
        with nogil:
            result = c.amps_client_send(body, sent)
        check(result)

    def _unsubscribe(self, ids):
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_span_t span
        cdef c.amps_result result
        span_of(ids, &span)
        with nogil:
            result = c.amps_client_unsubscribe(body, span)
        check(result)

    def _add_route(self, id, handler, uint32_t ack_types, bint is_subscription):
        cdef c.amps_handler_t native
        cdef c.amps_span_t span
        span_of(id, &span)
        fill_handler(handler, &native)
        check(c.amps_client_add_route(self.body(), span, &native, ack_types, is_subscription))

    def remove_message_handler(self, command_id):
        """Stop routing an id, without telling the server. True if it was routed."""
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_span_t span
        cdef c.amps_result result
        span_of(command_id, &span)
        with nogil:
            result = c.amps_client_remove_route(body, span)
        if result == c.AMPS_E_NOT_FOUND:
            return False
        check(result)
        return True

    def _ack(self, topic, bookmark, options):
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_span_t topic_span
        cdef c.amps_span_t bookmark_span
        cdef c.amps_span_t options_span
        cdef c.amps_result result
        span_of(topic, &topic_span)
        span_of(bookmark, &bookmark_span)
        span_of(options, &options_span)
        with nogil:
            result = c.amps_client_ack(body, topic_span, bookmark_span, options_span)
        check(result)

    def flush_acks(self):
        """Send every acknowledgement that waits for its batch."""
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_result result
        with nogil:
            result = c.amps_client_flush_acks(body)
        check(result)

    def discard(self, Message message not None):
        """Tell the bookmark store that a message is processed; no effect without a store."""
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_message_t* discarded = message.body()
        cdef c.amps_result result
        take_parked()
        with nogil:
            result = c.amps_client_discard(body, discarded)
        check(result)

    getName = get_name
    setName = set_name
    getNameHash = get_name_hash
    getNameHashValue = get_name_hash_value
    getUri = get_uri
    getServerVersion = get_server_version
    setLogonCorrelationData = set_logon_correlation_data
    getLogonCorrelationData = get_logon_correlation_data
    getConnectionInfo = get_connection_info
    gatherConnectionInfo = gather_connection_info
    getUnpersistedCount = get_unpersisted_count
    setHeartbeat = set_heartbeat
    clearHttpPreflightHeaders = clear_http_preflight_headers
    deltaPublish = delta_publish
    publishMany = publish_many
    removeMessageHandler = remove_message_handler
    flushAcks = flush_acks


# ---- exit ----------------------------------------------------------------------------------------

cdef object _open_clients = weakref.WeakSet()
cdef int _process = os.getpid()  # Only the process that made the clients says goodbye for them.


@atexit.register
def _say_goodbye():
    cdef size_t count = 0
    cdef c.amps_client_t** bodies
    clients = list(_open_clients)
    if os.getpid() != _process:
        return
    bodies = <c.amps_client_t**>malloc((len(clients) + 1) * sizeof(c.amps_client_t*))
    if bodies is NULL:
        return
    for client in clients:
        if (<NativeClient>client)._ref.body is not NULL:
            bodies[count] = (<NativeClient>client)._ref.body
            count += 1
    end_deliveries(bodies, count, 2000)
    free(bodies)
