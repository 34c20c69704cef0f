# SPDX-License-Identifier: Apache-2.0
"""Reason texts of acknowledgements."""

from __future__ import annotations

__all__ = ["Reason"]


class Reason:
    """Values of ``Message.get_reason`` and of the failed-write handler."""

    DUPLICATE = "duplicate"
    BAD_FILTER = "bad filter"
    BAD_REGEX_TOPIC = "bad regex topic"
    BAD_SOW_KEY = "bad sow key"
    INVALID_TOPIC = "invalid topic"
    INVALID_BOOKMARK = "invalid bookmark"
    INVALID_OPTIONS = "invalid options"
    INVALID_ORDER_BY = "invalid order by"
    INVALID_SUB_ID = "invalid subid"
    INVALID_MESSAGE_TYPE = "invalid message type"
    NO_TOPIC = "no topic"
    NO_CLIENT_NAME = "no client name"
    SUBSCRIPTION_ALREADY_EXISTS = "subscription already exists"
    SUBID_IN_USE = "subid in use"
    NAME_IN_USE = "name in use"
    AUTH_FAILURE = "auth failure"
    AUTH_DISABLED = "authentication disabled"
    NOT_ENTITLED = "not entitled"
    PUBLISH_FILTER = "publish filter"
    LOGON_REQUIRED = "logon required"
    DUPLICATE_LOGON = "duplicate logon attempt"
    DELETED = "deleted"
    EXPIRED = "expired"
    MATCH = "match"
    ENTITLEMENT = "entitlement"
