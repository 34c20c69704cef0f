# SPDX-License-Identifier: Apache-2.0
"""Words of the protocol: commands, acknowledgement types, status values, bookmarks."""

from __future__ import annotations


class Command:
    """Names of commands, as ``Message.get_command`` returns and ``Command`` takes them."""

    Publish = "publish"
    Subscribe = "subscribe"
    Unsubscribe = "unsubscribe"
    SOW = "sow"
    SOWAndSubscribe = "sow_and_subscribe"
    SOWAndDeltaSubscribe = "sow_and_delta_subscribe"
    DeltaPublish = "delta_publish"
    DeltaSubscribe = "delta_subscribe"
    SOWDelete = "sow_delete"
    GroupBegin = "group_begin"
    GroupEnd = "group_end"
    OOF = "oof"
    Ack = "ack"
    Logon = "logon"
    Heartbeat = "heartbeat"
    Flush = "flush"
    StartTimer = "start_timer"
    StopTimer = "stop_timer"
    Unknown = ""
    #: Commands that return no messages, as the mask the sibling clients use.
    NoDataCommands = 0x378F5


class AckType:
    """Names of acknowledgement types."""

    None_ = "none"
    Received = "received"
    Parsed = "parsed"
    Processed = "processed"
    Persisted = "persisted"
    Completed = "completed"
    Stats = "stats"


class Status:
    """Values of ``Message.get_status``."""

    Success = "success"
    Failure = "failure"
    Retry = "retry"


class Bookmarks:
    """Bookmarks with a meaning of their own."""

    EPOCH = "0"
    NOW = "0|1|"
    MOST_RECENT = "recent"
    RECENT = MOST_RECENT
