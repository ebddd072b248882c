"""One of several parts of the checks: of a shard on a machine of its own, of a worker beside others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import UsageError


@dataclass(frozen=True)
class Share:
    """Part `number` of `of`, counted from 1, written `2/3`."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> Share:
        """Raises UsageError for what is no `k/n` with k from 1 to n."""
        number, slash, of = text.partition("/")
        if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
            return cls(int(number), int(of))
        raise UsageError(f"A shard is written k/n, like 1/3 for the first of three; what came is {text!r}.")


def split(seconds: Mapping[str, float], parts: int) -> list[set[str]]:
    """The keys of `seconds` in `parts` sets that take about the same time.

    Every process that is told the same comes to the same split, so that they need not talk to each other.
    """
    sets: list[set[str]] = [set() for _ in range(parts)]
    loads = [0.0] * parts
    # The longest first, each to whom has least to do so far.
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        least = loads.index(min(loads))
        sets[least].add(name)
        loads[least] += seconds[name]
    return sets
