"""Steps as columns that read like a tuple of steps: an answer has thousands, few are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, overload

from geo.domain import Step

Columns = tuple[list[Any], ...]
"""A list for each of Step's fields, in their order, all of the same length."""

_FIELDS = tuple(field.name for field in fields(Step))
_METRES = _FIELDS.index("distance_m")


class StepRows(Sequence[Step]):
    """Steps, made when one is looked at; equal to any sequence of the same steps."""

    __slots__ = ("_made", "columns")

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._made: tuple[Step, ...] | None = None

    @overload
    def __getitem__(self, index: int) -> Step: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self.made[index]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.made == tuple(other)

    def __hash__(self) -> int:
        return hash(self.made)

    def __repr__(self) -> str:
        return repr(self.made)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.made,)

    @property
    def metres(self) -> list[float]:
        """How long each of them is."""
        return self.columns[_METRES]

    @property
    def made(self) -> tuple[Step, ...]:
        """All of them as values."""
        if self._made is None:
            self._made = tuple(map(Step, *self.columns))
        return self._made


def columns_of(steps: Sequence[Step]) -> Columns:
    """The columns of any steps."""
    if isinstance(steps, StepRows):
        return steps.columns
    return tuple([getattr(step, name) for step in steps] for name in _FIELDS)
