"""What an edge has counted for one of its operations, read without reading what it has counted for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proxygen.runtime.telemetry.metrics import EdgeMetrics


@dataclass(frozen=True, slots=True)
class Samples:
    """Series at one moment, by name without the prefix and by labels; buckets of histograms are left out."""

    values: Mapping[tuple[str, frozenset[tuple[str, str]]], float]

    def value(self, name: str, labels: Mapping[str, str]) -> float:
        """The value of one series; 0 where there is none."""
        return self.values.get((name, frozenset(labels.items())), 0.0)

    def more(
        self, name: str, before: Samples, varying: str, labels: Mapping[str, str]
    ) -> dict[str, float]:
        """By the value of the label `varying`, how much the series with these others have grown since."""
        grown: dict[str, float] = {}
        for (found, theirs), value in self.values.items():
            if found != name or not labels.items() <= theirs:
                continue
            growth = value - before.values.get((found, theirs), 0.0)
            if growth:
                grown[dict(theirs)[varying]] = growth
        return grown


def counted(metrics: EdgeMetrics, endpoints: frozenset[str]) -> Samples:
    """The series of these templates, of the edge or of a downstream.

    A registry can only be read whole: for each operation that would cost as much as there are operations.
    The client library has no public way to the series of one label.
    """
    values: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for metric in (
        metrics.requests,
        metrics.duration,
        metrics.calls,
        metrics.call_duration,
        metrics.errors,
    ):
        for labels, child in tuple(metric._metrics.items()):
            if endpoints.isdisjoint(labels):
                continue
            key = frozenset(zip(metric._labelnames, labels, strict=True))
            for family in child.collect():
                for sample in family.samples:
                    if not sample.name.endswith("_bucket"):
                        values[sample.name.removeprefix(metrics.prefix), key] = sample.value
    return Samples(values)
