# SPDX-License-Identifier: Apache-2.0
"""The module itself: names, exceptions, values, small classes."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import pyamps as AMPS
from pyamps import _errors, exceptions


def test_old_name():
    """PY-001 PY-002: the module under the documented name."""
    program = "import sys, pyamps; sys.modules['AMPS'] = pyamps; import AMPS; from AMPS import Client, Command"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_star_import_hides_no_builtin():
    """1.2: neither ConnectionError nor ConnectionRefusedError."""
    names = {}
    exec("from pyamps import *", names)
    assert "ConnectionError" not in names
    assert "ConnectionRefusedError" not in names
    assert names["BadFilterException"] is AMPS.BadFilterException
    assert names["Broker"] is AMPS.Broker
    assert AMPS.ConnectionError is AMPS.ConnectionException
    assert issubclass(AMPS.ConnectionRefusedException, AMPS.ConnectionRefusedError)


def test_versions():
    """PY-003 PY-004"""
    assert AMPS.__version__[0].isdigit()
    assert AMPS.VERSION.startswith(AMPS.__version__)
    assert AMPS.VERSION.endswith(":python")


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        AMPS.Nothing  # noqa: B018


def test_every_result_code_has_its_class():
    """PY-296 … PY-332: the classes of the C table, with number and remedy."""
    table = _errors.result_table()
    assert [row[0] for row in table] == list(range(1, len(table) + 1))
    for _, _, cls, remedy in table:
        assert issubclass(cls, AMPS.AMPSException)
        assert remedy


@pytest.mark.parametrize(
    ("modern", "parent", "base"),
    [
        ("AlreadyConnected", "AlreadyConnectedError", "ConnectionException"),
        ("ConnectionRefused", None, "ConnectionException"),
        ("Disconnected", "DisconnectedError", "ConnectionException"),
        ("InvalidTransportOptions", "InvalidTransportOptionsError", "ConnectionException"),
        ("NameInUse", "NameInUseError", "ConnectionException"),
        ("RetryOperation", "RetryOperationError", "ConnectionException"),
        ("Stream", "StreamError", "ConnectionException"),
        ("BadFilter", "BadFilterError", "CommandException"),
        ("BadRegexTopic", "BadRegexTopicError", "CommandException"),
        ("SubscriptionAlreadyExists", "SubscriptionAlreadyExistsError", "CommandException"),
        ("TimedOut", "TimedOutError", "AMPSException"),
        ("Unknown", "UnknownError", "AMPSException"),
    ],
)
def test_deprecated_parents(modern, parent, base):
    """PY-333 PY-334: old spellings catch what is raised."""
    raised = getattr(AMPS, modern + "Exception")
    assert issubclass(raised, getattr(AMPS, modern))
    assert issubclass(raised, getattr(AMPS, base))
    if parent is not None:
        assert issubclass(raised, getattr(AMPS, parent))


def test_bases_of_the_rest():
    """3.2"""
    connection = "Authentication MessageType TransportType DuplicateLogon LogonRequired InvalidURI"
    command = (
        "BadSowKey InvalidTopic InvalidBookmark InvalidOptions InvalidOrderBy InvalidSubId MissingFields NotEntitled "
        "PublishFilter SubidInUse CommandType"
    )
    for name in connection.split():
        assert issubclass(getattr(AMPS, name + "Exception"), AMPS.ConnectionException)
    for name in command.split():
        assert issubclass(getattr(AMPS, name + "Exception"), AMPS.CommandException)
    assert issubclass(AMPS.PublishStoreGapException, AMPS.StoreException)
    assert issubclass(AMPS.ReconnectMaximumExceededException, AMPS.DisconnectedException)
    assert AMPS.InvalidUriException is AMPS.InvalidURIException
    assert AMPS.AuthenticationException.__mro__[1] is AMPS.AuthenticationError
    assert AMPS.MessageTypeError is AMPS.MessageTypeNotFoundError is AMPS.MessageTypeException


def test_exceptions_take_any_arguments():
    """3.1: programs raise them, too."""
    cause = ValueError("x")
    error = AMPS.AMPSException("text", cause)
    assert error.args == ("text", cause)
    assert error.reason == ""
    for name in exceptions.__all__:
        getattr(exceptions, name)("text")


def test_constants():
    """PY-017 PY-018 PY-019 PY-276 PY-277 PY-278 PY-294"""
    assert (AMPS.Client.Bookmarks.EPOCH, AMPS.Client.Bookmarks.NOW) == ("0", "0|1|")
    assert AMPS.HAClient.Bookmarks.MOST_RECENT == AMPS.Client.Bookmarks.RECENT == "recent"
    listener = AMPS.ConnectionStateListener
    assert [listener.Disconnected, listener.Shutdown, listener.Connected, listener.LoggedOn] == [0, 1, 2, 4]
    assert [listener.PublishReplayed, listener.HeartbeatInitiated, listener.Resubscribed] == [8, 16, 32]
    assert listener.UNKNOWN == 16384
    assert AMPS.Reason.BAD_FILTER == "bad filter"
    assert len([name for name in vars(AMPS.Reason) if name.isupper()]) >= 24


def test_version_info():
    """PY-295"""
    version = AMPS.VersionInfo("5.3.4.1")
    assert [version.get_major_version(), version.get_minor_version(), version.get_maintenance_version(),
            version.get_patch_version()] == [5, 3, 4, 1]  # fmt: skip
    assert version.get_old_style_version() == 5030401
    assert str(version) == version.get_version_string() == "5.3.4.1"
    assert AMPS.VersionInfo("5.3.100.1").get_old_style_version() == 5039901
    assert AMPS.VersionInfo("5.2") < version == AMPS.VersionInfo("5.3.4.1") <= AMPS.VersionInfo("10.0")
    assert AMPS.VersionInfo("5.3.4-beta").get_maintenance_version() == 4


def test_composite_messages():
    """PY-279 PY-280 PY-281 PY-282: parts of every kind, empty ones too."""
    import array

    builder = AMPS.CompositeMessageBuilder()
    builder.append("téxt").append(b"\0bytes").append(bytearray(b"x")).append(memoryview(b"y")).append("")
    builder.append(array.array("B", [1, 2]))
    assert len(builder) == 6
    parser = AMPS.CompositeMessageParser()
    assert parser.parse(builder.get_data()) == 6
    assert [parser.get_part(i) for i in range(6)] == ["téxt".encode(), b"\0bytes", b"x", b"y", b"", b"\1\2"]
    assert parser.size() == len(parser) == 6
    assert parser.get_part_raw(0) == parser.get_part(0)
    for index in (6, -1):
        with pytest.raises(IndexError):
            parser.get_part(index)
    message = AMPS.Message()
    message.set_data(builder.get_raw())
    assert parser.parse(message) == 6
    assert parser.parse(builder.get_data() + b"\0\0\1\0tail") == 6
    assert parser.remainder == b"\0\0\1\0tail"
    builder.clear()
    assert builder.get_data() == b""
    assert parser.parse(b"") == 0


def test_fix():
    """PY-283 … PY-288"""
    builder = AMPS.FIXBuilder()
    builder.append(35, "D").append(55, b"IBM").append(58, "a longer text", 2, 6)
    assert builder.get_string() == "35=D\x0155=IBM\x0158=longer\x01"
    assert builder.get_bytes() == builder.get_string().encode()
    assert builder.size() == len(builder.get_bytes())
    with pytest.raises(ValueError, match="negative"):
        builder.append(-1, "x")
    shredder = AMPS.FIXShredder()
    assert shredder.to_map(builder.get_bytes()) == {35: "D", 55: "IBM", 58: "longer"}
    assert shredder.to_list("1=a\x011=b\x01") == [(1, "a"), (1, "b")]
    assert shredder.to_map("1=a\x011=b\x01") == {1: "b"}
    builder.reset()
    assert builder.get_string() == ""
    named = AMPS.NVFIXBuilder(";").append("price", 1.5).append(b"name", "x=y")
    assert named.get_string() == "price=1.5;name=x=y;"
    message = AMPS.Message()
    message.set_data(named.get_string())
    assert AMPS.NVFIXShredder(";").to_map(message) == {"price": "1.5", "name": "x=y"}


def test_public_functions_are_documented():
    """Every public class and method of the module says what it does."""
    plain = {name for name in dir(AMPS.Command) if name.startswith(("get_", "set_"))}
    for cls in (AMPS.Client, AMPS.HAClient, AMPS.MessageStream, AMPS.Broker, AMPS.CMessageHandler):
        assert inspect.getdoc(cls)
        for name in vars(cls):
            member = getattr(cls, name)
            if not name.startswith("_") and callable(member) and name.islower() and not name.startswith("get_"):
                assert inspect.getdoc(member) or name in plain, f"{cls.__name__}.{name}"
