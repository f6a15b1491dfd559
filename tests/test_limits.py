"""How often somebody may guess, and what counts as a number."""

from __future__ import annotations

import pytest

from collector.responses.keys import read_receipt
from collector.web.limits import Limits, Rate, sender

NUMBER = 1234_5678_9012_3456


def spent(limits: Limits, address: str, now: float) -> int:
    """Guesses until a sender is told to wait."""
    count = 0
    while limits.allowed(address, now) and count < 1000:
        limits.wrong(address, now)
        count += 1
    return count


def test_a_sender_has_twenty_guesses_at_once_and_one_more_each_thirty_seconds() -> None:
    limits = Limits(b"x" * 32)
    assert spent(limits, "192.0.2.1", 0.0) == 20
    assert not limits.allowed("192.0.2.1", 29.0)
    assert spent(limits, "192.0.2.1", 31.0) == 1
    assert spent(limits, "192.0.2.2", 31.0) == 20
    assert spent(limits, "192.0.2.1", 700.0) == 20


def test_all_together_have_five_a_second_and_are_never_shut_for_longer() -> None:
    limits = Limits(b"x" * 32, together=Rate(30, 0.2))
    assert sum(spent(limits, f"192.0.2.{n}", 0.0) for n in range(10)) == 30
    assert not limits.allowed("198.51.100.1", 0.1)
    assert limits.allowed("198.51.100.1", 0.3)
    assert sum(spent(limits, f"203.0.113.{n}", 1.0) for n in range(10)) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unknown", "", False),
    ],
)
def test_a_line_with_many_addresses_is_one_sender(one: str, other: str, same: bool) -> None:
    assert (sender(one) == sender(other)) == same


def test_memory_of_senders_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.web.limits.MOST_SENDERS", 50)
    limits = Limits(b"x" * 32)
    for n in range(500):
        limits.wrong(f"2001:db8:0:{n:x}::1", 0.0)
    assert len(limits._left) == 50


TYPED = [
    "1234567890123456", "1234 5678 9012 3456.", "1234.5678.9012.3456", "1234,5678,9012,3456", "1234/5678/9012/3456",
    "#1234 5678 9012 3456", "Number: 1234 5678 9012 3456", "No1234 5678 9012 3456", "\u201c1234\u20135678\u20149012\u20103456\u201d",
    "My number is 1234-5678-9012-3456, thank you", "I234 5678 9OI2 3456", "l234 5678 9o12 3456", "1234 5678 9\u041e12 3456",
    "\u0661\u0662\u0663\u0664 \u0665\u0666\u0667\u0668 \u0669\u0660\u0661\u0662 \u0663\u0664\u0665\u0666", "\uff11\uff12\uff13\uff14567890123456",
    "1234\u00a05678\u200f9012\u202f3456", "N\u00ba 1234 5678 9012 3456", "(1234) [5678] {9012} <3456>", "1234_5678_9012_3456",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_receipt(typed) == NUMBER


def test_a_group_of_nothing_but_the_letter_o_is_zeros() -> None:
    assert read_receipt("OOOO 5678 9012 3456") == 5678_9012_3456


@pytest.mark.parametrize("typed", ["", "hello", "1234 5678 9012 345", "1234 5678 9012 34567", "oooo", "9" * 16, "Lolo"])
def test_what_is_no_number_is_not_read(typed: str) -> None:
    assert read_receipt(typed) is None
