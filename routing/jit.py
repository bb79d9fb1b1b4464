"""Functions compiled by numba on first call; the same functions run plainly where it is missing.

The compiled code is kept on disk by numba, so a later process only loads it. Nothing is imported
until a function is called: commands that need no search do not pay for numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class fast(Generic[P, T]):
    """Decorator: numba ``njit(nogil=True, cache=True)``, lazily.

    ``plain`` is the function itself: the oracle in tests, and what runs without numba.
    """

    def __init__(self, plain: Callable[P, T]) -> None:
        self.plain = plain
        self.__doc__ = plain.__doc__
        self._compiled: Callable[P, T] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._compiled is None:
            self._compiled = _compile(self.plain)
        return self._compiled(*args, **kwargs)


def _compile(plain: Callable[P, T]) -> Callable[P, T]:
    try:
        import numba
    except ImportError:
        return plain
    compiled: Callable[P, T]
    try:
        compiled = numba.njit(nogil=True, cache=True)(plain)
    except RuntimeError:  # nowhere to keep the code: compile it for this process alone
        compiled = numba.njit(nogil=True)(plain)
    return compiled
