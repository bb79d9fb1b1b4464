"""The transport problem: exact, whole, within the room, equal to the linear programme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from server.command.plan.transport import assign


@pytest.mark.parametrize(
    ("supply", "room", "cost", "flow"),
    [
        ([3], [5], [[10]], [[3]]),
        ([3], [2], [[10]], [[2]]),  # no room for the third
        ([3], [2, 9], [[10, 20]], [[2, 1]]),  # the rest goes to the further one
        ([2, 2], [2, 2], [[1, 5], [1, 9]], [[0, 2], [2, 0]]),  # the nearer gives way
        ([2], [9], [[-1]], [[0]]),  # no way
        ([2, 2], [2, 2], [[1, -1], [1, 5]], [[2, 0], [0, 2]]),  # the second moves on for the first
        ([0], [9], [[1]], [[0]]),
        ([4], [0], [[1]], [[0]]),
    ],
)
def test_people_go_where_it_costs_least(
    supply: list[int], room: list[int], cost: list[list[int]], flow: list[list[int]]
) -> None:
    made = assign(np.array(supply), np.array(room), np.array(cost))
    assert made.tolist() == flow


def test_nobody_and_nowhere() -> None:
    assert assign(np.zeros(0, int), np.array([3]), np.zeros((0, 1), int)).shape == (0, 1)
    assert assign(np.array([3]), np.zeros(0, int), np.zeros((1, 0), int)).shape == (1, 0)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n, k = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    people = st.integers(0, 40)
    supply = draw(st.lists(people, min_size=n, max_size=n))
    room = draw(st.lists(people, min_size=k, max_size=k))
    cost = draw(st.lists(st.integers(-1, 60), min_size=n * k, max_size=n * k))
    return np.array(supply), np.array(room), np.array(cost).reshape(n, k)


@settings(max_examples=300, deadline=None)
@given(problems())
def test_equals_the_linear_programme(problem: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    supply, room, cost = problem
    n, k = cost.shape
    flow = assign(supply, room, cost)
    assert (flow >= 0).all()
    assert (flow.sum(axis=1) <= supply).all()
    assert (flow.sum(axis=0) <= room).all()
    assert (flow[cost < 0] == 0).all()
    # Placing one person more is worth more than any detour.
    price = np.where(cost < 0, 0, cost - 10_000).ravel().astype(float)
    limit = np.zeros((n + k, n * k))
    for i in range(n):
        limit[i, i * k : (i + 1) * k] = 1
    for j in range(k):
        limit[n + j, j::k] = 1
    bounds = [(0, 0) if c < 0 else (0, None) for c in cost.ravel()]
    best = linprog(price, limit, np.concatenate([supply, room]), bounds=bounds)
    assert round(float((price * flow.ravel()).sum())) == round(float(best.fun))
