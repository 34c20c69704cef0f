# SPDX-License-Identifier: Apache-2.0
"""Passwords and authenticators: of the URI, of a logon, of a server chooser."""

from __future__ import annotations

import pytest

import pyamps as AMPS
from pyamps.testing import Broker, wait_until


class Chooser:
    """A list of servers that keeps what it is told."""

    def __init__(self, *uris):
        self.uris = list(uris)
        self.failures = []
        self.successes = []

    def get_current_uri(self):
        return self.uris[0]

    def get_current_authenticator(self):
        return None

    def report_failure(self, exception, info):
        self.failures.append(exception)
        self.uris.append(self.uris.pop(0))

    def report_success(self, info):
        self.successes.append(info)


class Authenticator:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def authenticate(self, user, password):
        self.calls.append(("authenticate", user, password))
        return self.answers.pop(0)

    def retry(self, user, password):
        self.calls.append(("retry", user, password))
        return self.answers.pop(0)

    def completed(self, user, password, reason):
        self.calls.append(("completed", user))


@pytest.fixture
def guarded_broker():
    def decide(client_name, user, password):
        if password == "question":
            return "what is it?"
        return (user, password) == ("me", "right")

    with Broker(authenticate=decide) as running:
        yield running


def test_credentials(guarded_broker):
    """PY-272 PY-273 PY-299 PY-338: of the URI, of an authenticator, asked again, refused."""
    with AMPS.Client() as client:
        client.connect(guarded_broker.uri("json", user="me", password="right"))
        client.logon(10_000)
    authenticator = Authenticator("question", b"right")
    with AMPS.Client() as client:
        client.connect(guarded_broker.uri("json", user="me"))
        client.logon(10_000, authenticator)
    assert [call[0] for call in authenticator.calls] == ["authenticate", "retry", "completed"]
    assert authenticator.calls[0][1] == "me"
    with AMPS.Client() as client:
        client.connect(guarded_broker.uri("json", user="me", password="wrong"))
        with pytest.raises(AMPS.AuthenticationException) as refused:
            client.logon(10_000)
        assert isinstance(refused.value, AMPS.AuthenticationError)
        assert "wrong" not in str(refused.value)


class Failing:
    """An authenticator that raises in one of its methods."""

    def __init__(self, where, error):
        self.where = where
        self.error = error

    def _do(self, method, answer):
        if method == self.where:
            raise self.error
        return answer

    def authenticate(self, user, password):
        return self._do("authenticate", "question")

    def retry(self, user, password):
        return self._do("retry", "right")

    def completed(self, user, password, reason):
        self._do("completed", None)


@pytest.mark.parametrize("where", ["authenticate", "retry", "completed"])
@pytest.mark.parametrize(
    "error", [LookupError("mine"), AMPS.AuthenticationException("mine"), KeyboardInterrupt("mine")]
)
def test_exceptions_of_an_authenticator_reach_the_caller(guarded_broker, where, error):
    """3.1 PY-273 PY-094: unchanged; the client may connect again. An HAClient tells its chooser and gives up."""
    uri = guarded_broker.uri("json", user="me")
    with AMPS.Client() as client:
        client.connect(uri)
        with pytest.raises(type(error)) as raised:
            client.logon(10_000, Failing(where, error))
        assert raised.value is error
        client.connect(uri)
        client.logon(10_000, Authenticator("right"))
    chooser = Chooser(uri)
    chooser.get_current_authenticator = lambda: Failing(where, error)
    for chooses in (chooser, AMPS.DefaultServerChooser().add(uri, Failing(where, error))):
        with AMPS.HAClient(no_store=True) as client:
            client.set_server_chooser(chooses)
            with pytest.raises(type(error)) as raised:
                client.connect_and_logon()
            assert raised.value is error
            assert client.disconnected()
    assert chooser.failures == [error]
    assert chooser.successes == []


def test_an_authenticator_that_fails_after_a_loss_is_asked_again():
    """4.3: the chooser hears of it; the client goes on, for the next attempt may do better."""
    with Broker() as first, Broker() as second, AMPS.HAClient(no_store=True) as client:
        chooser = Chooser(first.uri("json"), second.uri("json"))
        answers = ["token", LookupError("no token now"), "token"]

        def authenticate(user, password):
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        authenticator = Authenticator()
        authenticator.authenticate = authenticate
        chooser.get_current_authenticator = lambda: authenticator
        client.set_server_chooser(chooser)
        client.set_reconnect_delay(1)
        client.connect_and_logon()
        chooser.uris.reverse()
        first.stop()
        wait_until(lambda: len(chooser.successes) == 2)
        client.flush(10_000)
        assert str(chooser.failures[0]) == "no token now"


def test_the_default_authenticator_gives_up_when_asked_again(guarded_broker):
    """PY-272"""
    with AMPS.Client() as client:
        client.connect(guarded_broker.uri("json", user="me", password="question"))
        with pytest.raises(AMPS.AuthenticationException):
            client.logon(10_000, AMPS.DefaultAuthenticator())


def test_authenticator_of_a_chooser(guarded_broker):
    """PY-263: given with the URI, or by a Python chooser."""
    authenticator = Authenticator("right", "right")

    class WithAuthenticator(Chooser):
        def get_current_authenticator(self):
            return authenticator

    uri = guarded_broker.uri("json", user="me")
    for chooser in (AMPS.DefaultServerChooser().add(uri, authenticator), WithAuthenticator(uri)):
        with AMPS.HAClient(no_store=True) as client:
            client.set_server_chooser(chooser)
            client.connect_and_logon()
            client.flush(10_000)
    assert authenticator.answers == []
