# SPDX-License-Identifier: Apache-2.0
"""Python objects as the stores of a client.

The functions named ``part_…`` are called through the tables of store_tables.cpp, with the GIL.
"""

from libc.stdint cimport int32_t, uint32_t, uint64_t

from pyamps cimport libamps as c
from pyamps._errors cimport check, fail_callback, text_of
from pyamps._message cimport Message, borrowed
from pyamps._plugins cimport Part, keep_if_used

cdef extern from "store_tables.h" nogil:
    const c.amps_bookmark_store_vt_t pyamps_bookmark_table
    const c.amps_publish_store_vt_t pyamps_publish_table


cdef const c.amps_bookmark_store_vt_t* bookmark_table() noexcept:
    return &pyamps_bookmark_table


cdef const c.amps_publish_store_vt_t* publish_table() noexcept:
    return &pyamps_publish_table


# ---- bookmark store ------------------------------------------------------------------------------

# Calls a method if the object has it: what is optional in the duck type does nothing.
cdef object call_optional(void* self, str name, tuple arguments):
    method = getattr((<Part>self).target, name, None)
    return method(*arguments) if method is not None else None


cdef public c.amps_result part_log(void* self, c.amps_message_ref_t* ref, uint64_t* sequence) noexcept:
    message = borrowed(ref.body)
    try:
        sequence[0] = int((<Part>self).target.log(message) or 0)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)
    finally:
        keep_if_used(message)


cdef public c.amps_result part_discard(void* self, c.amps_message_ref_t* ref) noexcept:
    message = borrowed(ref.body)
    try:
        target = (<Part>self).target
        (target.discard_message if hasattr(target, "discard_message") else target.discard)(message)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)
    finally:
        keep_if_used(message)


cdef public c.amps_result part_discard_sequence(void* self, c.amps_span_t sub_id, uint64_t sequence) noexcept:
    try:
        call_optional(self, "discard", (text_of(sub_id), sequence))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_most_recent(void* self, c.amps_span_t sub_id, c.amps_span_t* bookmark) noexcept:
    try:
        (<Part>self).reply((<Part>self).target.get_most_recent(text_of(sub_id)), bookmark)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_is_discarded(void* self, c.amps_message_ref_t* ref, int32_t* discarded) noexcept:
    message = borrowed(ref.body)
    try:
        discarded[0] = bool((<Part>self).target.is_discarded(message))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)
    finally:
        keep_if_used(message)


cdef public c.amps_result part_purge(void* self, c.amps_span_t sub_id) noexcept:
    try:
        call_optional(self, "purge", (text_of(sub_id),) if sub_id.len else ())
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_oldest_sequence(void* self, c.amps_span_t sub_id, uint64_t* sequence) noexcept:
    try:
        sequence[0] = int(call_optional(self, "get_oldest_bookmark_seq", (text_of(sub_id),)) or 0)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_persisted(void* self, c.amps_span_t sub_id, c.amps_span_t bookmark) noexcept:
    try:
        (<Part>self).target.persisted(text_of(sub_id), text_of(bookmark))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_set_server_version(void* self, uint64_t version) noexcept:
    try:
        call_optional(self, "set_server_version", (version,))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


# ---- publish store -------------------------------------------------------------------------------

cdef class Replayer:
    """Given to ``replay``: call it with each message to be sent again. Valid during the call."""

    cdef c.amps_store_replay_fn replay
    cdef void* userdata

    def __call__(self, Message message not None):
        cdef c.amps_result result
        if self.replay is NULL:
            raise ValueError("the replay is over")
        message.body()
        with nogil:
            result = self.replay(&message._ref, self.userdata)
        check(result)

    execute = __call__


cdef int replay_by(object method, c.amps_store_replay_fn replay, void* userdata, tuple arguments) except -1:
    cdef Replayer replayer = Replayer.__new__(Replayer)
    replayer.replay = replay
    replayer.userdata = userdata
    try:
        method(replayer, *arguments)
    finally:
        replayer.replay = NULL
    return 0


cdef public c.amps_result part_store(void* self, c.amps_message_ref_t* ref, uint64_t* sequence) noexcept:
    message = borrowed(ref.body)
    try:
        sequence[0] = int((<Part>self).target.store(message) or 0)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)
    finally:
        keep_if_used(message)


cdef public c.amps_result part_discard_up_to(void* self, uint64_t sequence) noexcept:
    try:
        (<Part>self).target.discard_up_to(sequence)
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_replay(void* self, c.amps_store_replay_fn replay, void* userdata) noexcept:
    try:
        replay_by((<Part>self).target.replay, replay, userdata, ())
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_replay_single(
        void* self, c.amps_store_replay_fn replay, void* userdata, uint64_t sequence) noexcept:
    try:
        replay_by((<Part>self).target.replay_single, replay, userdata, (sequence,))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_unpersisted_count(void* self, uint64_t* count) noexcept:
    try:
        count[0] = (<Part>self).target.unpersisted_count()
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_flush(void* self, uint32_t timeout_ms) noexcept:
    try:
        call_optional(self, "flush", (timeout_ms,))
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_lowest_unpersisted(void* self, uint64_t* sequence) noexcept:
    try:
        sequence[0] = call_optional(self, "get_lowest_unpersisted", ()) or 0
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)


cdef public c.amps_result part_last_persisted(void* self, uint64_t* sequence) noexcept:
    try:
        sequence[0] = call_optional(self, "get_last_persisted", ()) or 0
        return c.AMPS_E_OK
    except BaseException as error:
        return fail_callback(error)
