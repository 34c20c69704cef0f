# SPDX-License-Identifier: Apache-2.0
"""What a program hangs into a client: handlers, listeners, and parts like choosers and stores."""

import weakref

from libc.stdint cimport uint32_t

from pyamps cimport libamps as c
from pyamps._callbacks cimport (
    fill_failed_write, fill_filter, fill_handler, fill_lost, fill_state_listener, fill_thread_callback)
from pyamps._client cimport NativeClient
from pyamps._errors cimport check
from pyamps._names cimport command_bit
from pyamps._plugins cimport (
    NativeChooser, NativeDelay, Part, part_of, chooser_table, delay_table, resubscribe_table)
from pyamps._store_parts cimport bookmark_table, publish_table
from pyamps._stores cimport NativeBookmarkStore, NativePublishStore
from pyamps._callbacks import CMessageHandler


cdef class HookedClient(NativeClient):
    """A client with the setters of everything that can be replaced. ``None`` removes."""

    # ---- message handlers ----

    cdef int set_slot(self, c.amps_handler_slot_t slot, str name, object handler) except -1:
        cdef c.amps_handler_t native
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_result result
        fill_handler(handler, &native)
        with nogil:  # The handler replaced may be released, or waited for.
            result = c.amps_client_set_handler(body, slot, &native if native.fn is not NULL else NULL)
        check(result)
        self._parts[name] = handler
        return 0

    def set_last_chance_message_handler(self, handler):
        """Called with messages that nothing else wanted."""
        self.set_slot(c.AMPS_SLOT_LAST_CHANCE, "last chance", handler)

    def set_unhandled_message_handler(self, handler):
        """Called with the same messages, just before the last-chance handler."""
        self.set_slot(c.AMPS_SLOT_UNHANDLED, "unhandled", handler)

    def set_duplicate_message_handler(self, handler):
        """Called with messages the bookmark store has seen and finished."""
        self.set_slot(c.AMPS_SLOT_DUPLICATE, "duplicate", handler)

    def get_duplicate_message_handler(self):
        return self._parts.get("duplicate")

    def set_global_command_type_message_handler(self, command, handler):
        """Called with every message of one command, after its own handler.

        :param command: name of the command: ``"ack"``, ``"publish"``, …
        """
        cdef c.amps_handler_t native
        cdef c.amps_client_t* body = self.body()
        cdef uint32_t bit = command_bit(command.decode() if isinstance(command, bytes) else command)
        cdef c.amps_result result
        if bit == 0:
            raise ValueError(f"{command!r} is not the name of a command")
        fill_handler(handler, &native)
        with nogil:
            result = c.amps_client_set_command_handler(body, bit, &native if native.fn is not NULL else NULL)
        check(result)

    # ---- other callbacks ----

    def set_failed_write_handler(self, handler):
        """``handler(message, reason)``: called for publishes and deletes the server refused."""
        cdef c.amps_failed_write_handler_t native
        cdef c.amps_client_t* body = self.body()
        if handler is None:
            check(c.amps_client_set_failed_write_handler(body, NULL))
            return
        fill_failed_write(handler, weakref.ref(self), &native)
        check(c.amps_client_set_failed_write_handler(body, &native))

    def set_exception_listener(self, listener):
        """``listener(exception)``: called with what left a handler, and failures without a caller.

        Without a listener these go to ``sys.unraisablehook``.
        """
        if listener is not None and (isinstance(listener, CMessageHandler) or not callable(listener)):
            raise TypeError(f"an exception listener must be callable, not {type(listener).__name__}")
        self._exception_listener = listener
        self._listen()  # Native code may have put its own listener in place.

    def get_exception_listener(self):
        return self._exception_listener

    def add_connection_state_listener(self, listener):
        """``listener(state)``, or an object with ``connection_state_changed(state)``.

        Adding the same one twice adds it once. States: see ``ConnectionStateListener``.
        """
        cdef c.amps_state_listener_t native
        if any(known == listener for known, _ in self._state_listeners):
            return
        fill_state_listener(listener, weakref.ref(self), &native)
        check(c.amps_client_add_state_listener(self.body(), &native))
        self._state_listeners.append((listener, <size_t>native.userdata))

    def remove_connection_state_listener(self, listener):
        """Removing an unknown listener does nothing."""
        cdef c.amps_state_listener_t native
        cdef c.amps_client_t* body = self.body()
        cdef c.amps_result result
        for entry in [entry for entry in self._state_listeners if entry[0] == listener]:
            self._state_listeners.remove(entry)
            fill_state_listener(listener, None, &native)  # For its function; the userdata is the first one's.
            native.release(native.userdata)
            native.userdata = <void*><size_t>entry[1]
            with nogil:
                result = c.amps_client_remove_state_listener(body, native.fn, native.userdata)
            check(result)

    def clear_connection_state_listeners(self):
        """Remove the listeners added from Python."""
        for listener, _ in list(self._state_listeners):
            self.remove_connection_state_listener(listener)

    def set_disconnect_handler(self, handler):
        """``handler(client)``: called when the connection was lost without being asked for.

        It may connect and log on again. On an HAClient it replaces failover.
        """
        cdef c.amps_disconnect_handler_t native
        cdef c.amps_client_t* body = self.body()
        if handler is None:
            check(c.amps_client_set_lost_handler(body, NULL))
            return
        fill_lost(handler, weakref.ref(self), &native)
        check(c.amps_client_set_lost_handler(body, &native))

    def set_transport_filter(self, filter):
        """``filter(data: bytes, incoming: bool)``: sees the bytes of the connection.

        Before encryption, after decryption; on no message boundaries, length prefixes included.
        ``None`` leaves the bytes as they are, bytes-like replaces them; an exception goes to the
        exception listener and closes the connection.
        """
        cdef c.amps_transport_filter_t native
        cdef c.amps_client_t* body = self.body()
        if filter is None:
            check(c.amps_client_set_transport_filter(body, NULL))
            return
        fill_filter(filter, &native)
        check(c.amps_client_set_transport_filter(body, &native))

    def _set_thread_created(self, callback):
        cdef c.amps_thread_callback_t native
        cdef c.amps_client_t* body = self.body()
        if callback is None:
            check(c.amps_client_set_thread_created(body, NULL))
            return
        fill_thread_callback(callback, &native)
        check(c.amps_client_set_thread_created(body, &native))

    def _deferred_execution(self, callback):
        cdef c.amps_thread_callback_t native
        fill_thread_callback(callback, &native)
        check(c.amps_client_deferred_execution(self.body(), &native))

    # ---- parts ----

    def get_server_chooser(self):
        return self._parts.get("chooser")

    def set_server_chooser(self, chooser):
        """Where to connect: a ``DefaultServerChooser`` or any object with its methods."""
        cdef c.amps_client_t* body = self.body()
        cdef Part part
        cdef NativeChooser native
        if chooser is None:
            check(c.amps_client_set_server_chooser(body, NULL, NULL))
        elif isinstance(chooser, NativeChooser) and chooser._is_native:
            native = chooser
            check(c.amps_client_set_server_chooser(body, native.table, native.part))
        else:
            require(chooser, "server chooser", ("get_current_uri", "report_failure", "report_success"))
            part = part_of(chooser)
            check(c.amps_client_set_server_chooser(body, chooser_table(), <void*>part))
        self._parts["chooser"] = chooser

    def get_reconnect_delay_strategy(self):
        return self._parts.get("delay")

    def set_reconnect_delay_strategy(self, strategy):
        """How long to wait before a URI is tried: one of the strategies or an object like them."""
        cdef c.amps_client_t* body = self.body()
        cdef Part part
        cdef NativeDelay native
        if strategy is None:
            check(c.amps_client_set_delay_strategy(body, NULL, NULL))
        elif isinstance(strategy, NativeDelay) and strategy._is_native:
            native = strategy
            check(c.amps_client_set_delay_strategy(body, native.table, native.part))
        else:
            require(strategy, "delay strategy", ("get_connect_wait_duration", "reset"))
            part = part_of(strategy)
            check(c.amps_client_set_delay_strategy(body, delay_table(), <void*>part))
        self._parts["delay"] = strategy

    def set_failed_resubscribe_handler(self, handler):
        """``handler(command, requested_acks, exception)``: True forgets the subscription."""
        cdef c.amps_client_t* body = self.body()
        cdef Part part
        if handler is None:
            check(c.amps_client_set_failed_resubscribe(body, NULL, NULL))
            return
        if isinstance(handler, CMessageHandler) or not callable(handler):
            raise TypeError("a failed resubscribe handler must be callable")
        part = part_of(handler)
        check(c.amps_client_set_failed_resubscribe(body, resubscribe_table(), <void*>part))

    def get_bookmark_store(self):
        return self._parts.get("bookmark store")

    def set_bookmark_store(self, store):
        """Where to remember which messages were processed; before connecting."""
        cdef c.amps_client_t* body = self.body()
        cdef Part part
        cdef NativeBookmarkStore native
        if store is None:
            check(c.amps_client_set_bookmark_store(body, NULL, NULL))
        elif isinstance(store, NativeBookmarkStore) and store._is_native:
            native = store
            check(c.amps_client_set_bookmark_store(body, native.table, native.whole()))
        else:
            require(store, "bookmark store", ("log", "is_discarded", "get_most_recent", "persisted"))
            part = part_of(store)
            check(c.amps_client_set_bookmark_store(body, bookmark_table(), <void*>part))
        self._parts["bookmark store"] = store

    def get_publish_store(self):
        return self._parts.get("publish store")

    def set_publish_store(self, store):
        """Where to keep publishes until the server has persisted them; before connecting."""
        cdef c.amps_client_t* body = self.body()
        cdef Part part
        cdef NativePublishStore native
        if store is None:
            check(c.amps_client_set_publish_store(body, NULL, NULL))
        elif isinstance(store, NativePublishStore) and store._is_native:
            native = store
            check(c.amps_client_set_publish_store(body, native.table, native.whole()))
            if store._error_on_publish_gap:
                self.set_number(c.AMPS_CLIENT_ERROR_ON_PUBLISH_GAP, 1)
        else:
            require(store, "publish store", ("store", "discard_up_to", "replay", "unpersisted_count"))
            part = part_of(store)
            check(c.amps_client_set_publish_store(body, publish_table(), <void*>part))
        self._parts["publish store"] = store

    setLastChanceMessageHandler = set_last_chance_message_handler
    setUnhandledMessageHandler = set_unhandled_message_handler
    setDuplicateMessageHandler = set_duplicate_message_handler
    getDuplicateMessageHandler = get_duplicate_message_handler
    setGlobalCommandTypeMessageHandler = set_global_command_type_message_handler
    setFailedWriteHandler = set_failed_write_handler
    setExceptionListener = set_exception_listener
    getExceptionListener = get_exception_listener
    addConnectionStateListener = add_connection_state_listener
    removeConnectionStateListener = remove_connection_state_listener
    clearConnectionStateListeners = clear_connection_state_listeners
    setDisconnectHandler = set_disconnect_handler
    setTransportFilter = set_transport_filter
    getServerChooser = get_server_chooser
    setServerChooser = set_server_chooser
    getReconnectDelayStrategy = get_reconnect_delay_strategy
    setReconnectDelayStrategy = set_reconnect_delay_strategy
    setFailedResubscribeHandler = set_failed_resubscribe_handler
    getBookmarkStore = get_bookmark_store
    setBookmarkStore = set_bookmark_store
    getPublishStore = get_publish_store
    setPublishStore = set_publish_store


cdef int require(object part, str what, tuple methods) except -1:
    missing = [name for name in methods if not callable(getattr(part, name, None))]
    if missing:
        raise TypeError(f"a {what} needs the methods {', '.join(missing)}; {type(part).__name__} has none")
    return 0
