# SPDX-License-Identifier: Apache-2.0
"""A client for the AMPS messaging protocol, and an embedded server.

The names are those of the documented ``AMPS`` module: ``import pyamps as AMPS`` runs its programs.
"""

from __future__ import annotations

from . import exceptions
from ._callbacks import CMessageHandler
from ._client import LIBRARY_VERSION as __version__
from ._message import Message
from ._stream import MessageStream
from ._tls import (
    ssl_free,
    ssl_get_error,
    ssl_init,
    ssl_init_from_context,
    ssl_load_verify_locations,
    ssl_set_verify,
    ssl_use_certificate_file,
    ssl_use_private_key_file,
    ssl_version,
)
from .authenticator import DefaultAuthenticator
from .chooser import DefaultServerChooser
from .client import Client
from .command import Command
from .composite import CompositeMessageBuilder, CompositeMessageParser
from .delay import ExponentialDelayStrategy, FixedDelayStrategy
from .exceptions import *  # noqa: F403
from .fix import FIXBuilder, FIXShredder, NVFIXBuilder, NVFIXShredder
from .ha_client import HAClient
from .listener import ConnectionStateListener
from .reason import Reason
from .stores import (
    LoggedBookmarkStore,
    MemoryBookmarkStore,
    MemoryPublishStore,
    MMapBookmarkStore,
    PublishStore,
)
from .version import VersionInfo

TYPE_CHECKING = False  # As of typing, which would be loaded only for this.
if TYPE_CHECKING:
    from typing import Any

    from .broker import Broker
    from .config import get_compile_args, get_include, get_library_dir, get_link_args

#: Version sent at logon.
VERSION = f"{__version__}:python"

# Spellings that would hide names of Python itself; `from pyamps import *` leaves them out.
ConnectionError = exceptions.ConnectionException
ConnectionRefusedError = exceptions.ConnectionRefused

__all__ = [
    "VERSION",
    "Broker",
    "CMessageHandler",
    "Client",
    "Command",
    "CompositeMessageBuilder",
    "CompositeMessageParser",
    "ConnectionStateListener",
    "DefaultAuthenticator",
    "DefaultServerChooser",
    "ExponentialDelayStrategy",
    "FIXBuilder",
    "FIXShredder",
    "FixedDelayStrategy",
    "HAClient",
    "LoggedBookmarkStore",
    "MMapBookmarkStore",
    "MemoryBookmarkStore",
    "MemoryPublishStore",
    "Message",
    "MessageStream",
    "NVFIXBuilder",
    "NVFIXShredder",
    "PublishStore",
    "Reason",
    "VersionInfo",
    "__version__",
    "get_compile_args",
    "get_include",
    "get_library_dir",
    "get_link_args",
    "ssl_free",
    "ssl_get_error",
    "ssl_init",
    "ssl_init_from_context",
    "ssl_load_verify_locations",
    "ssl_set_verify",
    "ssl_use_certificate_file",
    "ssl_use_private_key_file",
    "ssl_version",
]
# Those of exceptions.__all__, spelled out because type checkers read this list and follow no other.
__all__ += [
    "AMPSError", "AMPSException", "AlreadyConnected", "AlreadyConnectedError", "AlreadyConnectedException",
    "AuthenticationError", "AuthenticationException", "BadFilter", "BadFilterError", "BadFilterException",
    "BadRegexTopic", "BadRegexTopicError", "BadRegexTopicException", "BadSowKeyException", "CommandError",
    "CommandException", "CommandTypeError", "CommandTypeException", "ConnectionException", "ConnectionRefused",
    "ConnectionRefusedException", "Disconnected", "DisconnectedError", "DisconnectedException",
    "DuplicateLogonException", "InvalidBookmarkException", "InvalidOptionsException", "InvalidOrderByException",
    "InvalidSubIdException", "InvalidTopicError", "InvalidTopicException", "InvalidTransportOptions",
    "InvalidTransportOptionsError", "InvalidTransportOptionsException", "InvalidURIError", "InvalidURIException",
    "InvalidUriException", "InvalidUriFormat", "LogonRequiredException", "MessageStreamFullException",
    "MessageTypeError", "MessageTypeException", "MessageTypeNotFoundError", "MissingFieldsException", "NameInUse",
    "NameInUseError", "NameInUseException", "NotEntitledError", "NotEntitledException", "PublishException",
    "PublishFilterException", "PublishStoreGapException", "ReconnectMaximumExceededException", "RetryOperation",
    "RetryOperationError", "RetryOperationException", "StoreException", "Stream", "StreamError", "StreamException",
    "SubidInUseException", "SubscriptionAlreadyExists", "SubscriptionAlreadyExistsError",
    "SubscriptionAlreadyExistsException", "TimedOut", "TimedOutError", "TimedOutException", "TransportTypeError",
    "TransportTypeException", "Unknown", "UnknownError", "UnknownException", "UsageException"
]  # fmt: skip


# Loaded when they are first used: the broker's library, and what only builds need.
_LATER = {
    "Broker": "broker",
    "get_compile_args": "config",
    "get_include": "config",
    "get_library_dir": "config",
    "get_link_args": "config",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LATER[name]}", __name__), name)
