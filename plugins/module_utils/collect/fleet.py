"""Many servers at once: each in its own thread, so that one that is slow or dead holds up nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_THREADS = 64
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def each(
    items: Sequence[Item], work: Callable[[Item], Outcome], failed: Callable[[Item, str], Outcome]
) -> list[Outcome]:
    """Return what ``work`` makes of each item, in order.

    A strange server may answer what no code foresaw. That is evidence about this server, and no reason to leave the
    others without a report: ``failed`` makes the outcome then, from the item and the error as text.
    """
    with ThreadPoolExecutor(max_workers=min(len(items), _THREADS) or 1) as pool:
        futures = [pool.submit(work, item) for item in items]
    problems = [future.exception() for future in futures]
    return [
        future.result() if problem is None else failed(item, f"{type(problem).__name__}: {problem}")
        for item, future, problem in zip(items, futures, problems)
    ]
