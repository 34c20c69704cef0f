# SPDX-License-Identifier: Apache-2.0
"""What the module raises for reasons of AMPS; everything derives from :class:`AMPSException`.

Most classes derive from an older, deprecated spelling of their name, so that old ``except`` clauses
keep working. The spellings ending in ``Error`` are bound to those older classes.
"""

from __future__ import annotations


class AMPSException(Exception):
    """Base of all exceptions of the module.

    ``code`` is the number of ``amps_result``, ``reason`` the server's reason text ("" without one).
    """

    code: int = 15
    reason: str = ""


class ConnectionException(AMPSException):
    """The state of the connection does not allow the call, or connecting failed."""


class CommandException(AMPSException):
    """The server refused a command."""


# ---- deprecated parents --------------------------------------------------------------------------


class AlreadyConnected(ConnectionException):
    """Deprecated; use :class:`AlreadyConnectedException`."""


class AuthenticationError(ConnectionException):
    """Deprecated; use :class:`AuthenticationException`."""


class ConnectionRefused(ConnectionException):
    """Deprecated; use :class:`ConnectionRefusedException`."""


class Disconnected(ConnectionException):
    """Deprecated; use :class:`DisconnectedException`."""


class InvalidTransportOptions(ConnectionException):
    """Deprecated; use :class:`InvalidTransportOptionsException`."""


class InvalidUriFormat(ConnectionException):
    """Deprecated; use :class:`InvalidURIException`."""


class NameInUse(ConnectionException):
    """Deprecated; use :class:`NameInUseException`."""


class RetryOperation(ConnectionException):
    """Deprecated; use :class:`RetryOperationException`."""


class Stream(ConnectionException):
    """Deprecated; use :class:`StreamException`."""


class BadFilter(CommandException):
    """Deprecated; use :class:`BadFilterException`."""


class BadRegexTopic(CommandException):
    """Deprecated; use :class:`BadRegexTopicException`."""


class SubscriptionAlreadyExists(CommandException):
    """Deprecated; use :class:`SubscriptionAlreadyExistsException`."""


class TimedOut(AMPSException):
    """Deprecated; use :class:`TimedOutException`."""


class Unknown(AMPSException):
    """Deprecated; use :class:`UnknownException`."""


# ---- connection ----------------------------------------------------------------------------------


class AlreadyConnectedException(AlreadyConnected):
    """``connect`` on a connected client."""


class AuthenticationException(AuthenticationError):
    """The server refused the credentials, or the authenticator gave up."""


class ConnectionRefusedException(ConnectionRefused):
    """The host refused the connection."""


class DisconnectedException(Disconnected):
    """There is no connection, or it was lost and not restored."""


class ReconnectMaximumExceededException(DisconnectedException):
    """The reconnect delay strategy gave up."""


class InvalidTransportOptionsException(InvalidTransportOptions):
    """An option of the URI is unknown or has a bad value."""


class InvalidURIException(InvalidUriFormat):
    """The connection string is malformed."""


class MessageTypeException(ConnectionException):
    """The message type or protocol is unknown."""


class TransportTypeException(ConnectionException):
    """The transport is unknown, or ``tcps`` was asked for without an OpenSSL library."""


class NameInUseException(NameInUse):
    """Another connection uses the client's name."""


class DuplicateLogonException(ConnectionException):
    """A second logon on one connection."""


class LogonRequiredException(ConnectionException):
    """A command before logon."""


class RetryOperationException(RetryOperation):
    """The connection was lost during the command and is restored: issue the command again."""


class StreamException(Stream):
    """The bytes of the connection do not follow the protocol."""


# ---- commands ------------------------------------------------------------------------------------


class BadFilterException(BadFilter):
    """The content filter has a syntax error.

    ``offset`` is the place in bytes when :class:`pyamps.filter.Filter` found it, None otherwise.
    """

    offset: int | None = None


class BadRegexTopicException(BadRegexTopic):
    """The topic's regular expression has a syntax error."""


class BadSowKeyException(CommandException):
    """The SOW key is not one the topic accepts."""


class InvalidTopicException(CommandException):
    """The topic is not configured for the operation."""


class InvalidBookmarkException(CommandException):
    """The bookmark is malformed."""


class InvalidOptionsException(CommandException):
    """The options are malformed or do not fit together."""


class InvalidOrderByException(CommandException):
    """The order is malformed."""


class InvalidSubIdException(CommandException):
    """The subscription id is malformed or unknown."""


class MissingFieldsException(CommandException):
    """A field the command needs is absent."""


class NotEntitledException(CommandException):
    """The user may not do this."""


class PublishException(CommandException):
    """The server refused a publish."""


class PublishFilterException(CommandException):
    """An entitlement filter refuses the message."""


class SubscriptionAlreadyExistsException(SubscriptionAlreadyExists):
    """The id belongs to an active subscription."""


class SubidInUseException(CommandException):
    """Another active subscription uses the subscription id."""


class CommandTypeException(CommandException):
    """The call cannot carry this command."""


# ---- the rest ------------------------------------------------------------------------------------


class TimedOutException(TimedOut):
    """The time-out passed; the command was taken back."""


class UsageException(AMPSException):
    """The rule named in the text was broken."""


class StoreException(AMPSException):
    """A publish or bookmark store failed."""


class PublishStoreGapException(StoreException):
    """The server lost messages that the publish store no longer has."""


class MessageStreamFullException(AMPSException):
    """The limit of a stream was reached."""


class UnknownException(Unknown):
    """A failure without a class of its own."""


InvalidUriException = InvalidURIException
AMPSError = AMPSException
CommandError = CommandException
AlreadyConnectedError = AlreadyConnected
DisconnectedError = Disconnected
InvalidTransportOptionsError = InvalidTransportOptions
InvalidURIError = InvalidUriFormat
MessageTypeError = MessageTypeException
MessageTypeNotFoundError = MessageTypeException
TransportTypeError = TransportTypeException
NameInUseError = NameInUse
RetryOperationError = RetryOperation
StreamError = Stream
BadFilterError = BadFilter
BadRegexTopicError = BadRegexTopic
InvalidTopicError = InvalidTopicException
NotEntitledError = NotEntitledException
SubscriptionAlreadyExistsError = SubscriptionAlreadyExists
CommandTypeError = CommandTypeException
TimedOutError = TimedOut
UnknownError = Unknown

__all__ = [
    "AMPSError",
    "AMPSException",
    "AlreadyConnected",
    "AlreadyConnectedError",
    "AlreadyConnectedException",
    "AuthenticationError",
    "AuthenticationException",
    "BadFilter",
    "BadFilterError",
    "BadFilterException",
    "BadRegexTopic",
    "BadRegexTopicError",
    "BadRegexTopicException",
    "BadSowKeyException",
    "CommandError",
    "CommandException",
    "CommandTypeError",
    "CommandTypeException",
    "ConnectionException",
    "ConnectionRefused",
    "ConnectionRefusedException",
    "Disconnected",
    "DisconnectedError",
    "DisconnectedException",
    "DuplicateLogonException",
    "InvalidBookmarkException",
    "InvalidOptionsException",
    "InvalidOrderByException",
    "InvalidSubIdException",
    "InvalidTopicError",
    "InvalidTopicException",
    "InvalidTransportOptions",
    "InvalidTransportOptionsError",
    "InvalidTransportOptionsException",
    "InvalidURIError",
    "InvalidURIException",
    "InvalidUriException",
    "InvalidUriFormat",
    "LogonRequiredException",
    "MessageStreamFullException",
    "MessageTypeError",
    "MessageTypeException",
    "MessageTypeNotFoundError",
    "MissingFieldsException",
    "NameInUse",
    "NameInUseError",
    "NameInUseException",
    "NotEntitledError",
    "NotEntitledException",
    "PublishException",
    "PublishFilterException",
    "PublishStoreGapException",
    "ReconnectMaximumExceededException",
    "RetryOperation",
    "RetryOperationError",
    "RetryOperationException",
    "StoreException",
    "Stream",
    "StreamError",
    "StreamException",
    "SubidInUseException",
    "SubscriptionAlreadyExists",
    "SubscriptionAlreadyExistsError",
    "SubscriptionAlreadyExistsException",
    "TimedOut",
    "TimedOutError",
    "TimedOutException",
    "TransportTypeError",
    "TransportTypeException",
    "Unknown",
    "UnknownError",
    "UnknownException",
    "UsageException",
]
