# SPDX-License-Identifier: Apache-2.0
"""Certificates for the tests, in files."""

from __future__ import annotations

from pathlib import Path

import trustme


class Authority:
    """A certificate authority; what it issues is written to its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = trustme.CA()
        self._issued = 0
        self.ca = str(folder / "ca.pem")
        self._authority.cert_pem.write_to_path(self.ca)

    def issue(self, *names: str, **options: object) -> tuple[str, str]:
        """Paths of a certificate for these host names, and of its private key."""
        issued = self._authority.issue_cert(*names, **options)
        self._issued += 1
        certificate, key = (self._folder / f"{self._issued}.{suffix}" for suffix in ("pem", "key"))
        for blob in issued.cert_chain_pems:
            blob.write_to_path(str(certificate), append=True)
        issued.private_key_pem.write_to_path(str(key))
        return str(certificate), str(key)
