"""What the parts of a run share: the service behind, the load, where results go, subjects that are up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edge.downstream import Downstream
from benchmarks.edge.load import Load
from benchmarks.edge.processes import SUBJECT_CORE, Command, free_port, running
from benchmarks.edge.results import Results
from benchmarks.edge.subjects import Place, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`rounds` are wanted of each figure; `only`, `gateways`, `builds` name what is measured; empty: all."""

    folder: Path
    downstream: Downstream
    load: Load
    results: Results
    rounds: int
    only: Sequence[str]
    gateways: Sequence[str]
    builds: Sequence[str] = ()

    def wants(self, subject: str) -> bool:
        """Whether it is to be measured."""
        return not self.only or subject in self.only

    def wants_gateway(self, name: str) -> bool:
        """Whether a gateway is to be measured."""
        return not self.gateways or name in self.gateways

    def place(self, port: int) -> Place:
        """Where a subject listens at this port, before the services of this run."""
        return Place(
            port=port,
            strict=self.downstream.strict,
            lax=self.downstream.lax,
            public_key=self.load.public_key,
            folder=self.folder,
        )

    @contextmanager
    def up(self, subject: Subject) -> Iterator[tuple[int, int]]:
        """Port and process of the subject, alone on its core but for others that rest."""
        place = self.place(free_port())
        with self.running(subject.command(place), place.port) as process:
            yield place.port, process

    @contextmanager
    def running(self, command: Command, port: int) -> Iterator[int]:
        """The process of this command, on the subject's core."""
        with running(command, SUBJECT_CORE, port) as process:
            yield process
