"""TLS with a downstream: whom the edge believes, and by which certificate it says who it is."""

from __future__ import annotations

import ssl
from pathlib import Path


def client_context(
    *,
    ca_file: Path | None = None,
    cert_file: Path | None = None,
    key_file: Path | None = None,
    key_password: str = "",
) -> ssl.SSLContext:
    """TLS 1.2 or later; the certificate and the host name are verified against the authorities in `ca_file`,
    or against the system's. The edge shows the chain in `cert_file`, whose key may be in the same file.

    Raises OSError (`ssl.SSLError` is one) or ValueError where a file cannot be read or used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        context.load_verify_locations(cafile=ca_file)
    if cert_file is not None:
        # A password that is given, empty or not, keeps OpenSSL from asking the terminal for one.
        context.load_cert_chain(cert_file, key_file, password=lambda: key_password)
    return context
