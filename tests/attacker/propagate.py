"""Narrowing the limits of all unknowns by every line, again and again: cheap, and never too narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.attacker.system import Line, System

SWEEPS = 60
SLACK = 1e-7
Vector = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Lines:
    """Lines as vectors: of each term its line, unknown and coefficient; of each line its limits."""

    of: Vector
    unknown: Vector
    coefficient: Vector
    low: Vector
    high: Vector


def vectors(lines: list[Line]) -> Lines:
    """Lines in the shape that numpy wants."""
    lengths = [len(line.unknowns) for line in lines]
    return Lines(
        np.repeat(np.arange(len(lines)), lengths),
        np.fromiter((u for line in lines for u in line.unknowns), np.int64),
        np.fromiter((c for line in lines for c in line.coefficients), np.float64),
        np.array([line.low for line in lines], np.float64),
        np.array([line.high for line in lines], np.float64),
    )


def propagate(system: System, whole: Vector) -> tuple[Vector, Vector]:
    """The limits of every unknown; `whole` says which are whole numbers."""
    low, high = np.array(system.low, np.float64), np.array(system.high, np.float64)
    lines = vectors(system.lines)
    for _ in range(SWEEPS):
        new_low, new_high = _sweep(lines, low, high, whole)
        if np.array_equal(new_low, low) and np.array_equal(new_high, high):
            break
        low, high = new_low, new_high
    return low, high


def _sweep(lines: Lines, low: Vector, high: Vector, whole: Vector) -> tuple[Vector, Vector]:
    positive = lines.coefficient > 0
    at_low, at_high = low[lines.unknown], high[lines.unknown]
    least = _others(lines, lines.coefficient * np.where(positive, at_low, at_high), -np.inf)
    most = _others(lines, lines.coefficient * np.where(positive, at_high, at_low), np.inf)
    top = (lines.high[lines.of] - least) / lines.coefficient
    bottom = (lines.low[lines.of] - most) / lines.coefficient
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, lines.unknown, np.where(positive, bottom, top))
    np.minimum.at(new_high, lines.unknown, np.where(positive, top, bottom))
    new_low, new_high = np.where(new_low > low + SLACK, new_low, low), np.where(new_high < high - SLACK, new_high, high)
    new_low[whole], new_high[whole] = np.ceil(new_low[whole] - SLACK), np.floor(new_high[whole] + SLACK)
    return new_low, new_high


def _others(lines: Lines, terms: Vector, endless: float) -> Vector:
    """For each term, the sum of the other terms of its line."""
    count = len(lines.low)
    infinite = np.isinf(terms)
    finite = np.where(infinite, 0.0, terms)
    sums = np.bincount(lines.of, finite, count)[lines.of] - finite
    endings = np.bincount(lines.of, infinite, count)[lines.of] - infinite
    return np.where(endings > 0.5, endless, sums)
