"""One request before a subject is measured: what it answers, and what arrived at the service behind."""

from __future__ import annotations

import http.client
import json

from benchmarks.edge.cases import ANSWER, DOWNLOAD, POST, STREAM
from benchmarks.edge.downstream import EVENTS, MEGABYTE, PROBE, SMALL, Downstream
from benchmarks.edge.load import BODY, Aim, Load, UnexpectedAnswerError
from benchmarks.edge.subjects import Subject


def check(subject: Subject, case: str, aim: Aim, load: Load, downstream: Downstream) -> None:
    """Raises `UnexpectedAnswerError` unless the answer and what arrived are what the case is about."""
    downstream.arrived.clear()
    status, content = _ask(aim, load)
    files = {DOWNLOAD: b"x" * MEGABYTE, STREAM: EVENTS.encode()}
    wanted = files.get(case, SMALL.encode())
    if status != 200 or content != wanted:
        raise UnexpectedAnswerError(f"{case}: {status}, {len(content)} bytes: {content[:200]!r}")
    if case == ANSWER or case in files:
        return
    if len(downstream.arrived) != 1:
        raise UnexpectedAnswerError(f"{case}: {len(downstream.arrived)} requests have arrived")
    arrived = downstream.arrived[0]
    if arrived.method != aim.case.method or not arrived.target.endswith(_tail(aim.path)):
        raise UnexpectedAnswerError(f"{case}: {arrived.method} {arrived.target} has arrived")
    if subject.enriches and (
        arrived.values("x-user-id") != [PROBE] or arrived.values("authorization")
    ):
        raise UnexpectedAnswerError(f"{case}: {arrived.fields} have arrived")
    if case == POST:
        _check_body(arrived.body, subject)


def _tail(path: str) -> str:
    return path.rpartition("/")[2]


def _check_body(body: bytes, subject: Subject) -> None:
    """The client's fields, and the identity that the subject writes."""
    wanted = {**BODY, "user_id": subject.identity, "org_id": None}
    if subject.enriches:
        wanted["prompt"] = {**dict(BODY["prompt"]), "owner_id": subject.identity}  # type: ignore[call-overload]
    if json.loads(body) != wanted:
        raise UnexpectedAnswerError(f"the body that has arrived: {body!r}")


def _ask(aim: Aim, load: Load) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", aim.port, timeout=20)
    headers = {"Authorization": f"Bearer {load.probe}", "X-Correlation-ID": PROBE}
    body = None
    if aim.case.method == "POST":
        body, headers["Content-Type"] = load.body.read_bytes(), "application/json"
    try:
        connection.request(aim.case.method, aim.path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise UnexpectedAnswerError(f"{aim.path}: {error!r}") from error
    finally:
        connection.close()
