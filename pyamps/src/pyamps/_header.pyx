# SPDX-License-Identifier: Apache-2.0
# cython: boundscheck=False, wraparound=False
"""The header of a message: its fields, read and written one by one."""

from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport uint32_t
from libc.string cimport memcmp

from pyamps cimport libamps as c
from pyamps._errors cimport check
from pyamps._names cimport command_bit, command_name, field_name
from pyamps._text cimport PyUnicode_AsUTF8AndSize, span_of


cdef class Header:
    """Fields of a message. Getters return None, or 0 for numbers, when the field is absent."""

    def __dealloc__(self):
        if self._owned and self._ref.body is not NULL:
            c.amps_message_release(self._ref.body)

    cdef c.amps_message_t* body(self) except NULL:
        if self._ref.body is NULL:
            self._ref.body = <c.amps_message_t*>c.amps_message_create(NULL)
            self._owned = True
            if self._ref.body is NULL:
                raise MemoryError
        return self._ref.body

    cdef str _text(self, c.FieldId field):
        cdef c.amps_message_t* body = self._ref.body
        if body is NULL or not (body.present >> <int>field) & 1:
            return None
        return PyUnicode_DecodeUTF8(body.fields[<int>field].ptr, body.fields[<int>field].len, "surrogateescape")

    cdef object _number(self, c.FieldId field):
        cdef c.amps_message_t* body = self._ref.body
        if body is NULL or not (body.present >> <int>field) & 1:
            return 0
        return c.amps_message_get_field_uint64(body, field)

    cdef int _set(self, c.FieldId field, object value) except -1:
        cdef c.amps_span_t span
        if isinstance(value, int) and not isinstance(value, bool):
            return check(c.amps_message_set_field_uint64(self.body(), field, value))
        span_of(value, &span)
        return check(c.amps_message_set_field_value(self.body(), field, span.ptr, span.len))

    def fields(self):
        """dict of the header fields that are present, by their C names; numbers are text."""
        cdef int i
        cdef c.amps_message_t* body = self.body()
        return {
            field_name(i): self._text(<c.FieldId>i)
            for i in range(<int>c.AMPS_FIELD_COUNT) if (body.present >> i) & 1
        }

    def get_command(self):
        """Full name of the command, for example ``"publish"``; see ``Message.Command``."""
        cdef c.amps_message_t* body = self._ref.body
        if body is not NULL and body.command != 0:
            return command_name(body.command)
        return self._text(c.AMPS_Command)

    def set_command(self, value):
        """Set the command by its name; unknown names are sent as they are."""
        name = value.decode() if isinstance(value, bytes) else value
        cdef uint32_t bit = command_bit(name)
        if bit:
            check(c.amps_message_set_command(self.body(), bit))
        else:
            self._set(c.AMPS_Command, name)

    def get_topic(self):
        """Topic of the message, or None. The same str object as long as the topic stays the same."""
        cdef c.amps_message_t* body = self._ref.body
        cdef const c.amps_span_t* span
        cdef Py_ssize_t size = 0
        cdef const char* seen
        if body is NULL or not (body.present >> <int>c.AMPS_Topic) & 1:
            return None
        span = &body.fields[<int>c.AMPS_Topic]
        if self._topic is not None:
            seen = PyUnicode_AsUTF8AndSize(self._topic, &size)
            if <size_t>size == span.len and memcmp(seen, span.ptr, span.len) == 0:
                return self._topic
        topic = self._text(c.AMPS_Topic)
        self._topic = topic if topic.isascii() else None
        return topic

    def set_topic(self, value):
        self._set(c.AMPS_Topic, value)

    def get_bookmark_seq_no(self):
        """Index the bookmark store gave the message; 0 when none."""
        return c.amps_message_bookmark_seq(self.body())

    def get_command_id(self):
        """str or None: id of the command this belongs to."""
        return self._text(c.AMPS_CommandId)

    def set_command_id(self, value):
        self._set(c.AMPS_CommandId, value)

    def get_sub_id(self):
        """str or None: id of the subscription this delivery is for."""
        return self._text(c.AMPS_SubscriptionId)

    def set_sub_id(self, value):
        self._set(c.AMPS_SubscriptionId, value)

    def get_sub_ids(self):
        """str or None: ids of all subscriptions the server matched, comma list."""
        return self._text(c.AMPS_SubscriptionIds)

    def set_sub_ids(self, value):
        self._set(c.AMPS_SubscriptionIds, value)

    def get_query_id(self):
        """str or None: id of the query."""
        return self._text(c.AMPS_QueryId)

    def set_query_id(self, value):
        self._set(c.AMPS_QueryId, value)

    def get_sow_key(self):
        """str or None: key of the record."""
        return self._text(c.AMPS_SowKey)

    def set_sow_key(self, value):
        self._set(c.AMPS_SowKey, value)

    def get_sow_keys(self):
        """str or None: keys, comma list."""
        return self._text(c.AMPS_SowKeys)

    def set_sow_keys(self, value):
        self._set(c.AMPS_SowKeys, value)

    def get_bookmark(self):
        """str or None: bookmark in the transaction log, or of a queue message."""
        return self._text(c.AMPS_Bookmark)

    def set_bookmark(self, value):
        self._set(c.AMPS_Bookmark, value)

    def get_correlation_id(self):
        """str or None: what the publisher attached."""
        return self._text(c.AMPS_CorrelationId)

    def set_correlation_id(self, value):
        self._set(c.AMPS_CorrelationId, value)

    def get_timestamp(self):
        """str or None: time the server processed the message, ISO-8601."""
        return self._text(c.AMPS_Timestamp)

    def set_timestamp(self, value):
        self._set(c.AMPS_Timestamp, value)

    def get_user_id(self):
        """str or None: who published, or who logs on."""
        return self._text(c.AMPS_UserId)

    def set_user_id(self, value):
        self._set(c.AMPS_UserId, value)

    def get_lease_period(self):
        """str or None: when the lease of a queue message ends."""
        return self._text(c.AMPS_LeasePeriod)

    def set_lease_period(self, value):
        self._set(c.AMPS_LeasePeriod, value)

    def get_ack_type(self):
        """str or None: which acknowledgement this is."""
        return self._text(c.AMPS_AckType)

    def set_ack_type(self, value):
        self._set(c.AMPS_AckType, value)

    def get_status(self):
        """str or None: success, failure or retry."""
        return self._text(c.AMPS_Status)

    def set_status(self, value):
        self._set(c.AMPS_Status, value)

    def get_reason(self):
        """str or None: why, see Reason."""
        return self._text(c.AMPS_Reason)

    def set_reason(self, value):
        self._set(c.AMPS_Reason, value)

    def get_filter(self):
        """str or None: content filter."""
        return self._text(c.AMPS_Filter)

    def set_filter(self, value):
        self._set(c.AMPS_Filter, value)

    def get_options(self):
        """str or None: options, comma list."""
        return self._text(c.AMPS_Options)

    def set_options(self, value):
        self._set(c.AMPS_Options, value)

    def get_order_by(self):
        """str or None: order of a query."""
        return self._text(c.AMPS_OrderBy)

    def set_order_by(self, value):
        self._set(c.AMPS_OrderBy, value)

    def get_client_name(self):
        """str or None: name of a client."""
        return self._text(c.AMPS_ClientName)

    def set_client_name(self, value):
        self._set(c.AMPS_ClientName, value)

    def get_password(self):
        """str or None: password or token of a logon."""
        return self._text(c.AMPS_Password)

    def set_password(self, value):
        self._set(c.AMPS_Password, value)

    def get_version(self):
        """str or None: version of the peer."""
        return self._text(c.AMPS_Version)

    def set_version(self, value):
        self._set(c.AMPS_Version, value)

    def get_message_type(self):
        """str or None: message type of a logon."""
        return self._text(c.AMPS_MessageType)

    def set_message_type(self, value):
        self._set(c.AMPS_MessageType, value)

    def get_data_only(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_DataOnly)

    def set_data_only(self, value):
        self._set(c.AMPS_DataOnly, value)

    def get_send_keys(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_SendKeys)

    def set_send_keys(self, value):
        self._set(c.AMPS_SendKeys, value)

    def get_send_empty(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_SendEmpty)

    def set_send_empty(self, value):
        self._set(c.AMPS_SendEmpty, value)

    def get_send_oof(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_SendOOF)

    def set_send_oof(self, value):
        self._set(c.AMPS_SendOOF, value)

    def get_use_ns(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_UseNs)

    def set_use_ns(self, value):
        self._set(c.AMPS_UseNs, value)

    def get_heartbeat(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_Heartbeat)

    def set_heartbeat(self, value):
        self._set(c.AMPS_Heartbeat, value)

    def get_timeout_interval(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_TimeoutInterval)

    def set_timeout_interval(self, value):
        self._set(c.AMPS_TimeoutInterval, value)

    def get_max_messages(self):
        """str or None: legacy header."""
        return self._text(c.AMPS_MaxMessages)

    def set_max_messages(self, value):
        self._set(c.AMPS_MaxMessages, value)

    # ---- numbers ----

    def get_sequence(self):
        """int, 0 when absent: sequence number of a publish or acknowledgement."""
        return self._number(c.AMPS_Sequence)

    def set_sequence(self, value):
        self._set(c.AMPS_Sequence, value)

    def get_matches(self):
        """int, 0 when absent: records or messages that matched."""
        return self._number(c.AMPS_Matches)

    def set_matches(self, value):
        self._set(c.AMPS_Matches, value)

    def get_topic_matches(self):
        """int, 0 when absent: records of the topic."""
        return self._number(c.AMPS_TopicMatches)

    def set_topic_matches(self, value):
        self._set(c.AMPS_TopicMatches, value)

    def get_records_returned(self):
        """int, 0 when absent: records a query returned."""
        return self._number(c.AMPS_RecordsReturned)

    def set_records_returned(self, value):
        self._set(c.AMPS_RecordsReturned, value)

    def get_records_inserted(self):
        """int, 0 when absent: records made."""
        return self._number(c.AMPS_RecordsInserted)

    def set_records_inserted(self, value):
        self._set(c.AMPS_RecordsInserted, value)

    def get_records_updated(self):
        """int, 0 when absent: records changed."""
        return self._number(c.AMPS_RecordsUpdated)

    def set_records_updated(self, value):
        self._set(c.AMPS_RecordsUpdated, value)

    def get_records_deleted(self):
        """int, 0 when absent: records removed."""
        return self._number(c.AMPS_RecordsDeleted)

    def set_records_deleted(self, value):
        self._set(c.AMPS_RecordsDeleted, value)

    def get_batch_size(self):
        """int, 0 when absent: records of a frame."""
        return self._number(c.AMPS_BatchSize)

    def set_batch_size(self, value):
        self._set(c.AMPS_BatchSize, value)

    def get_top_n(self):
        """int, 0 when absent: most records a query returns."""
        return self._number(c.AMPS_TopN)

    def set_top_n(self, value):
        self._set(c.AMPS_TopN, value)

    def get_expiration(self):
        """int, 0 when absent: seconds a record lives."""
        return self._number(c.AMPS_Expiration)

    def set_expiration(self, value):
        self._set(c.AMPS_Expiration, value)

    def get_group_sequence_number(self):
        """int, 0 when absent: position of the batch in its query."""
        return self._number(c.AMPS_GroupSequenceNumber)

    def set_group_sequence_number(self, value):
        self._set(c.AMPS_GroupSequenceNumber, value)

    # ---- legacy spellings: the same methods ----

    getCommand = get_command
    setCommand = set_command
    getTopic = get_topic
    setTopic = set_topic
    getCommandId = get_command_id
    setCommandId = set_command_id
    getSubId = get_sub_id
    setSubId = set_sub_id
    getSubIds = get_sub_ids
    setSubIds = set_sub_ids
    getQueryId = get_query_id
    setQueryId = set_query_id
    getSowKey = get_sow_key
    setSowKey = set_sow_key
    getSowKeys = get_sow_keys
    setSowKeys = set_sow_keys
    getBookmark = get_bookmark
    setBookmark = set_bookmark
    getCorrelationId = get_correlation_id
    setCorrelationId = set_correlation_id
    getTimestamp = get_timestamp
    setTimestamp = set_timestamp
    getUserId = get_user_id
    setUserId = set_user_id
    getLeasePeriod = get_lease_period
    setLeasePeriod = set_lease_period
    getAckType = get_ack_type
    setAckType = set_ack_type
    getStatus = get_status
    setStatus = set_status
    getReason = get_reason
    setReason = set_reason
    getFilter = get_filter
    setFilter = set_filter
    getOptions = get_options
    setOptions = set_options
    getOrderBy = get_order_by
    setOrderBy = set_order_by
    getClientName = get_client_name
    setClientName = set_client_name
    getPassword = get_password
    setPassword = set_password
    getVersion = get_version
    setVersion = set_version
    getMessageType = get_message_type
    setMessageType = set_message_type
    getDataOnly = get_data_only
    setDataOnly = set_data_only
    getSendKeys = get_send_keys
    setSendKeys = set_send_keys
    getSendEmpty = get_send_empty
    setSendEmpty = set_send_empty
    getSendOof = get_send_oof
    setSendOof = set_send_oof
    getUseNs = get_use_ns
    setUseNs = set_use_ns
    getHeartbeat = get_heartbeat
    setHeartbeat = set_heartbeat
    getTimeoutInterval = get_timeout_interval
    setTimeoutInterval = set_timeout_interval
    getMaxMessages = get_max_messages
    setMaxMessages = set_max_messages
    getSequence = get_sequence
    setSequence = set_sequence
    getMatches = get_matches
    setMatches = set_matches
    getTopicMatches = get_topic_matches
    setTopicMatches = set_topic_matches
    getRecordsReturned = get_records_returned
    setRecordsReturned = set_records_returned
    getRecordsInserted = get_records_inserted
    setRecordsInserted = set_records_inserted
    getRecordsUpdated = get_records_updated
    setRecordsUpdated = set_records_updated
    getRecordsDeleted = get_records_deleted
    setRecordsDeleted = set_records_deleted
    getBatchSize = get_batch_size
    setBatchSize = set_batch_size
    getTopN = get_top_n
    setTopN = set_top_n
    getExpiration = get_expiration
    setExpiration = set_expiration
    getGroupSequenceNumber = get_group_sequence_number
    setGroupSequenceNumber = set_group_sequence_number
    getBookmarkSeqNo = get_bookmark_seq_no
