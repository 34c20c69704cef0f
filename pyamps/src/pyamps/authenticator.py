# SPDX-License-Identifier: Apache-2.0
"""Passwords for the logon."""

from __future__ import annotations

from .exceptions import AuthenticationException

__all__ = ["DefaultAuthenticator"]


class DefaultAuthenticator:
    """Sends the password of the URI. Any object with these methods is an authenticator."""

    def authenticate(self, user: str, password: str) -> str:
        """Password or token for the logon."""
        return password

    def retry(self, user: str, password: str) -> str:
        """The server asks again, with ``password`` as its question."""
        raise AuthenticationException(f"the server asks {user or 'the user'} again, and there is no other password")

    def completed(self, user: str, password: str, reason: str) -> None:
        """The server accepted."""
