"""The load: wrk with rotating tokens, and what a subject spent meanwhile."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.edge.cases import Case
from benchmarks.edge.downstream import PROBE
from benchmarks.edge.processes import LOAD_CORE, Unavailable, cpu_seconds, resident_megabytes
from benchmarks.edge.subjects import ISSUER

TOKENS = 10_000
USERS = 1_000
BODY = {
    "expected_essay_count": 3,
    "essay_ids": ["essay-001", "essay-002", "essay-003"],
    "course_code": "ENG6",
    "prompt": {
        "title": "The city of the future",
        "text": "Describe a city in the year 2100 and argue for or against living in it.",
        "language": "en",
    },
}
_WARM = 3
_SCRIPT = Path(__file__).with_name("load.lua")


class UnexpectedAnswerError(Exception):
    """A subject did not answer what is measured: its figures would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What all subjects are sent: files of tokens (ES256) and of the body, and the key that verifies them.

    `probe` is the token of a user of that name.
    """

    tokens: Path
    body: Path
    probe: str
    public_key: str

    @classmethod
    def prepare(cls, folder: Path) -> Load:
        """Signs the tokens; each line of their file begins with the user's name."""
        key = generate_private_key(SECP256R1())
        now = int(time.time())

        def signed(user: str, number: int) -> str:
            claims = {"sub": user, "iss": ISSUER, "iat": now, "exp": now + 7200, "jti": str(number)}
            return jwt.encode(claims, key, algorithm="ES256")

        users = (f"user-{number % USERS}" for number in range(TOKENS))
        lines = [f"{user} {signed(user, number)}\n" for number, user in enumerate(users)]
        tokens, body = folder / "tokens", folder / "body"
        tokens.write_text("".join(lines), encoding="ascii")
        body.write_text(json.dumps(BODY), encoding="ascii")
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(
            tokens=tokens,
            body=body,
            probe=signed(PROBE, TOKENS),
            public_key=public.decode("ascii"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One round: requests per second, latencies in seconds, CPU seconds per request, MB at its end."""

    rate: float
    p50: float
    p99: float
    cpu: float
    megabytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Where the load goes: a port, the process behind it, a path, and the case that is asked."""

    port: int
    process: int
    path: str
    case: Case


def warm(aim: Aim, load: Load, *, every_token: bool) -> None:
    """Sends for some seconds, for compilers to notice; `every_token`: until each has been seen."""
    sent = measure(aim, load, connections=32, seconds=_WARM).rate * _WARM
    while every_token and sent < TOKENS:
        sent += measure(aim, load, connections=32, seconds=_WARM).rate * _WARM


def measure(aim: Aim, load: Load, *, connections: int, seconds: int) -> Sample:
    """One round; raises `UnexpectedAnswerError` where an answer is no 2xx, is short, or does not come."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise Unavailable("wrk is not installed: it makes the load")
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    body = str(load.body) if aim.case.method == "POST" else "-"
    given = [aim.case.method, aim.path, str(load.tokens), body]
    command = ["taskset", "-c", str(LOAD_CORE), wrk, *options, "-s", str(_SCRIPT)]
    before = cpu_seconds(aim.process)
    done = subprocess.run(  # noqa: S603 - wrk, with arguments of our own
        [*command, f"http://127.0.0.1:{aim.port}", "--", *given],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    spent = cpu_seconds(aim.process) - before
    said = json.loads(done.stdout.splitlines()[-1])
    requests = said["requests"]
    if not requests:
        raise UnexpectedAnswerError(f"no answer in {seconds} s")
    if said["failed"] or said["refused"]:
        counts = f"{said['failed']} failed, {said['refused']} refused"
        raise UnexpectedAnswerError(f"of {requests:,} answers {counts}")
    if said["bytes"] / requests < aim.case.body_bytes:
        raise UnexpectedAnswerError("answers are short")
    return Sample(
        rate=requests / said["seconds"],
        p50=said["p50"],
        p99=said["p99"],
        cpu=spent / requests,
        megabytes=resident_megabytes(aim.process),
    )
