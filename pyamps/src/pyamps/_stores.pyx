# SPDX-License-Identifier: Apache-2.0
"""The stores that libamps brings, for clients and for programs that look into them."""

import os

from libc.stdint cimport int32_t, uint32_t, uint64_t

from pyamps cimport libamps as c
from pyamps._errors cimport check, fail_callback, take_parked, text_of
from pyamps._message cimport Message, borrowed
from pyamps._plugins cimport keep_if_used
from pyamps._text cimport milliseconds, span_of

from pyamps.exceptions import UsageException


cdef class NativeStore:
    """What the stores that libamps brings have in common: no Python runs when a client uses them."""

    _is_native = True  # False in subclasses: their methods are called.

    def __dealloc__(self):
        if self.part is not NULL:
            self.release(self.part)

    cdef int hold(self, void* part, void (*release)(void*) noexcept nogil) except -1:
        self.part = part
        self.release = release
        return 0

    cdef int require_empty(self) except -1:
        if self.part is not NULL:
            raise UsageException("the store is initialised already")
        return 0

    cdef void* whole(self) except NULL:
        if self.part is NULL:
            raise UsageException("the __init__ of the store was not called")
        return self.part

    # Calls a function that may wait for the disk.
    cdef int blocking(self, c.amps_result (*function)(void*) noexcept nogil) except -1:
        cdef void* part = self.whole()
        cdef c.amps_result result
        with nogil:
            result = function(part)
        check(result)
        return 0


cdef class NativePublishStore(NativeStore):
    """A publish store that libamps brings."""

    def _make_memory(self, uint64_t size_bytes_max):
        cdef void* part = NULL
        self.require_empty()
        check(c.amps_memory_publish_store_new(size_bytes_max, &self.table, &part))
        self.hold(part, self.table.release)

    def _make_file(self, path, bint sync, uint64_t size_bytes_max):
        cdef c.amps_span_t span
        cdef void* part = NULL
        cdef uint32_t flags = c.AMPS_STORE_SYNC if sync else 0
        cdef c.amps_result result
        self.require_empty()
        name = os.fsencode(path)
        span_of(name, &span)
        with nogil:
            result = c.amps_file_publish_store_new(span, flags, size_bytes_max, &self.table, &part)
        check(result)
        self.hold(part, self.table.release)

    def store(self, Message message not None):
        """Keep a copy of a message; returns its sequence number.

        :raises StoreException: the file cannot be written.
        """
        cdef uint64_t sequence = 0
        cdef void* part = self.whole()
        cdef c.amps_result result
        message.body()
        with nogil:
            result = self.table.store(part, &message._ref, &sequence)
        check(result)
        return sequence

    def discard_up_to(self, uint64_t sequence):
        """Forget every message up to this sequence number."""
        cdef void* part = self.whole()
        cdef c.amps_result result
        with nogil:
            result = self.table.discard_up_to(part, sequence)
        check(result)

    def replay(self, replayer):
        """Call ``replayer(message)``, or its ``execute``, with each message kept, in order."""
        cdef Receiver receiver = receiver_of(replayer)
        take_parked()
        check(self.table.replay(self.whole(), give_message, <void*>receiver))

    def replay_single(self, replayer, uint64_t sequence):
        """The same with one message; False when it is gone."""
        cdef Receiver receiver = receiver_of(replayer)
        cdef c.amps_result result
        take_parked()
        result = self.table.replay_single(self.whole(), give_message, <void*>receiver, sequence)
        if result == c.AMPS_E_NOT_FOUND:
            return False
        check(result)
        return True

    cdef uint64_t number(self, c.amps_result (*entry)(void*, uint64_t*) noexcept nogil) except? 0:
        cdef uint64_t value = 0
        check(entry(self.whole(), &value))
        return value

    def unpersisted_count(self):
        """How many messages the server has not persisted yet."""
        return self.number(self.table.unpersisted_count)

    get_unpersisted_count = unpersisted_count

    def get_lowest_unpersisted(self):
        """Sequence number of the oldest message kept; 0 when there is none."""
        return self.number(self.table.lowest_unpersisted)

    def get_highest_unpersisted(self):
        """Sequence number of the newest message kept; 0 when there is none."""
        lowest = self.get_lowest_unpersisted()
        return lowest + self.unpersisted_count() - 1 if lowest else 0

    def get_last_persisted(self):
        """The server has persisted everything up to this sequence number."""
        return self.number(self.table.last_persisted)

    def flush(self, timeout=0):
        """Wait until everything kept now is persisted.

        :param timeout: milliseconds; 0 waits without limit.
        :raises TimedOutException: something is left.
        """
        cdef uint32_t limit_ms = milliseconds(timeout)
        cdef void* part = self.whole()
        cdef c.amps_result result
        take_parked()
        with nogil:
            result = self.table.flush(part, limit_ms)
        check(result)

    def sync(self):
        """Wait until the disk has everything stored."""
        self.blocking(c.amps_publish_store_sync)

    def close(self):
        """Give the file up, also while a client has the store: storing fails from then on."""
        self.blocking(c.amps_publish_store_close)

    discardUpTo = discard_up_to
    replaySingle = replay_single
    unpersistedCount = unpersisted_count
    getUnpersistedCount = unpersisted_count
    getLowestUnpersisted = get_lowest_unpersisted
    getHighestUnpersisted = get_highest_unpersisted
    getLastPersisted = get_last_persisted


# Who a replay calls.
cdef class Receiver:
    cdef object receive


cdef Receiver receiver_of(object replayer):
    cdef Receiver receiver = Receiver.__new__(Receiver)
    receiver.receive = getattr(replayer, "execute", replayer)
    if not callable(receiver.receive):
        raise TypeError(f"a replayer must be callable, not {type(replayer).__name__}")
    return receiver


cdef c.amps_result give_message(c.amps_message_ref_t* ref, void* receiver) noexcept with gil:
    message = borrowed(ref.body)
    try:
        (<Receiver>receiver).receive(message)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)
    finally:
        keep_if_used(message)


cdef class NativeBookmarkStore(NativeStore):
    """A bookmark store that libamps brings."""

    def _make_memory(self):
        cdef void* part = NULL
        self.require_empty()
        check(c.amps_memory_bookmark_store_new(&self.table, &part))
        self.hold(part, self.table.release)

    def _make_file(self, path, bint sync):
        cdef c.amps_span_t span
        cdef void* part = NULL
        cdef uint32_t flags = c.AMPS_STORE_SYNC if sync else 0
        cdef c.amps_result result
        self.require_empty()
        name = os.fsencode(path)
        span_of(name, &span)
        with nogil:
            result = c.amps_file_bookmark_store_new(span, flags, &self.table, &part)
        check(result)
        self.hold(part, self.table.release)

    def log(self, Message message not None):
        """Remember an arriving message; returns its index, 0 for a bookmark of another form."""
        cdef uint64_t index = 0
        message.body()
        check(self.table.log(self.whole(), &message._ref, &index))
        return index

    def is_discarded(self, Message message not None):
        """True when the subscription has had the message."""
        cdef int32_t discarded = 0
        message.body()
        check(self.table.is_discarded(self.whole(), &message._ref, &discarded))
        return discarded != 0

    def discard_message(self, Message message not None):
        """The message is processed."""
        cdef void* part = self.whole()
        cdef c.amps_result result
        message.body()
        with nogil:
            result = self.table.discard(part, &message._ref)
        check(result)

    def discard(self, message, bookmark_seq_no=None):
        """The same; the form ``discard(sub_id, bookmark_seq_no)`` is deprecated."""
        cdef c.amps_span_t span
        cdef uint64_t index
        cdef void* part = self.whole()
        cdef c.amps_result result
        if isinstance(message, Message):
            self.discard_message(message)
            return
        if bookmark_seq_no is None:
            raise TypeError(f"discard() takes a Message, or a subscription id and a number, not {message!r}")
        index = int(bookmark_seq_no)
        span_of(message, &span)
        with nogil:
            result = self.table.discard_sequence(part, span, index)
        check(result)

    def get_most_recent(self, sub_id):
        """Bookmark to resume from; "0", the beginning, when nothing is known."""
        cdef c.amps_span_t id
        cdef c.amps_span_t bookmark
        bookmark.ptr = NULL
        bookmark.len = 0
        span_of(sub_id, &id)
        check(self.table.most_recent(self.whole(), id, &bookmark))
        return text_of(bookmark) or "0"

    def persisted(self, sub_id, bookmark):
        """The server's log is safe up to a bookmark."""
        cdef c.amps_span_t id
        cdef c.amps_span_t position
        cdef void* part = self.whole()
        cdef c.amps_result result
        span_of(sub_id, &id)
        span_of(bookmark, &position)
        with nogil:
            result = self.table.persisted(part, id, position)
        check(result)

    def set_server_version(self, version):
        """Nothing depends on it."""

    def get_oldest_bookmark_seq(self, sub_id):
        """Index of the oldest message that is not processed, or stands before one; 0 when there is none."""
        cdef c.amps_span_t id
        cdef uint64_t index = 0
        span_of(sub_id, &id)
        check(self.table.oldest_sequence(self.whole(), id, &index))
        return index

    def purge(self, sub_id=None):
        """Forget one subscription, or all."""
        cdef c.amps_span_t id
        cdef void* part = self.whole()
        cdef c.amps_result result
        span_of(sub_id, &id)
        with nogil:
            result = self.table.purge(part, id)
        check(result)

    def prune(self, tmp_file_name=None):
        """Write the file anew without what is finished. ``tmp_file_name`` is not needed."""
        self.blocking(c.amps_bookmark_store_prune)

    def sync(self):
        """Wait until the disk knows of everything discarded."""
        self.blocking(c.amps_bookmark_store_sync)

    def close(self):
        """Give the file up, also while a client has the store: discarding fails from then on."""
        self.blocking(c.amps_bookmark_store_close)

    isDiscarded = is_discarded
    discardMessage = discard_message
    getMostRecent = get_most_recent
    setServerVersion = set_server_version
    getOldestBookmarkSeq = get_oldest_bookmark_seq
