"""Certificates for the tests: an authority that is believed, one that is not, and what they have signed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key as files."""

    cert_file: Path
    key_file: Path

    def server(self, *, clients_of: Authority | None = None) -> ssl.SSLContext:
        """What a downstream serves with; it wants a certificate of one of this authority's clients."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert_file, self.key_file)
        if clients_of is not None:
            context.load_verify_locations(clients_of.ca_file)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


class Authority:
    """Signs certificates; its own is in `ca_file`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._sign(name, self._key, None, None, days=30)
        self.ca_file = folder / f"{name}.pem"
        self.ca_file.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    @property
    def own(self) -> Certificate:
        """The authority's own certificate, as a server might misuse it: self-signed."""
        return self._write(f"{self._name}-own", self._certificate, self._key)

    def issue(
        self, name: str, *, host: str = "localhost", days: int = 30, password: str | None = None
    ) -> Certificate:
        """A certificate for this host, good for so many days from yesterday on."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(name, key, self._certificate, host, days=days)
        return self._write(name, certificate, key, password)

    def _sign(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: x509.Certificate | None,
        host: str | None,
        *,
        days: int,
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        yesterday = datetime.now(UTC) - timedelta(days=1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(yesterday - timedelta(days=1))
            .not_valid_after(yesterday + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(host or "localhost")]), critical=False
            )
        )
        return builder.sign(self._key, hashes.SHA256())

    def _write(
        self,
        name: str,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        password: str | None = None,
    ) -> Certificate:
        encryption = (
            NoEncryption() if password is None else BestAvailableEncryption(password.encode())
        )
        cert_file, key_file = self._folder / f"{name}-cert.pem", self._folder / f"{name}-key.pem"
        cert_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        return Certificate(cert_file, key_file)
