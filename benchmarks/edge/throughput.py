"""Requests per second of every subject, at 1, 32 and 256 connections, in rounds in which they take turns."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from benchmarks.edge.bench import Bench
from benchmarks.edge.cases import ANSWER, CASES, DOWNLOAD, PASSTHROUGH, POST, STREAM, TYPED
from benchmarks.edge.load import Aim, UnexpectedAnswerError, measure, warm
from benchmarks.edge.probe import check
from benchmarks.edge.processes import Unavailable
from benchmarks.edge.results import Key, Part
from benchmarks.edge.subjects import SUBJECTS, Subject

PART = "throughput"
CONNECTIONS = {
    TYPED: (1, 32, 256),
    PASSTHROUGH: (1, 32, 256),
    POST: (32,),
    DOWNLOAD: (32,),
    STREAM: (32,),
    ANSWER: (1, 32, 256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One figure of one subject that is up."""

    subject: Subject
    case: str
    aim: Aim
    connections: int

    @property
    def key(self) -> Key:
        return Key(subject=self.subject.key, case=self.case, at=self.connections)


def run(bench: Bench, part: Part, seconds: int) -> None:
    """All subjects are up at the same time and rest but for the one whose turn it is."""
    with ExitStack() as stack:
        turns = list(_turns(bench, part, stack))
        for number in range(bench.rounds):
            for turn in turns:
                if len(part.rounds.get(turn.key, ())) > number:
                    continue
                try:
                    sample = measure(
                        turn.aim, bench.load, connections=turn.connections, seconds=seconds
                    )
                except UnexpectedAnswerError as error:
                    part.skipped[f"{turn.subject.key} {turn.case}"] = str(error)
                    sys.stderr.write(f"{turn.subject.key} {turn.case}: {error}\n")
                else:
                    bench.results.add(part, turn.key, asdict(sample))
            sys.stderr.write(f"round {number + 1} of {bench.rounds} is done\n")


def _turns(bench: Bench, part: Part, stack: ExitStack) -> Iterator[_Turn]:
    """Those of the subjects that start and answer what they should; why not goes into `skipped`."""
    for subject in SUBJECTS:
        if not bench.wants(subject.key) or not _left(bench, part, subject):
            continue
        part.skipped = {
            name: why for name, why in part.skipped.items() if name.partition(" ")[0] != subject.key
        }
        try:
            port, process = stack.enter_context(bench.up(subject))
            aims = {
                case: Aim(port=port, process=process, path=path, case=CASES[case])
                for case, path in subject.paths.items()
            }
            for case, aim in aims.items():
                check(subject, case, aim, bench.load, bench.downstream)
            warm(next(iter(aims.values())), bench.load, every_token=subject.enriches)
        except (Unavailable, UnexpectedAnswerError) as error:
            part.skipped[subject.key] = str(error)
            sys.stderr.write(f"{subject.key}: {error}\n")
            continue
        for case, aim in aims.items():
            for connections in CONNECTIONS[case]:
                yield _Turn(subject=subject, case=case, aim=aim, connections=connections)


def _left(bench: Bench, part: Part, subject: Subject) -> Sequence[Key]:
    """The figures of this subject that want more rounds."""
    keys = [
        Key(subject=subject.key, case=case, at=connections)
        for case in subject.paths
        for connections in CONNECTIONS[case]
    ]
    return [key for key in keys if len(part.rounds.get(key, ())) < bench.rounds]
