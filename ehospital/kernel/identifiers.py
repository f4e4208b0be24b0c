"""Identifiers: time-ordered UUIDs for our own rows, check digits for the numbers that other people issue.

Sources: RFC 9562 (UUID version 7, section 6.2 method 1), ISO/IEC 7812-1 annex B (Luhn), ISO/IEC 7064:2003 (pure and
hybrid systems), NHS Data Dictionary "NHS Number" (modulus 11), ISO 13616 (IBAN).

`uuid7` is the one place of the kernel that reads the clock: an identifier is made at the moment it is asked for. No
rule may read a time out of it; instants that matter are passed as `at`.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

DIGITS: Final = "0123456789"
ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_COUNTER_BITS: Final = 42
_TAIL_BITS: Final = 32


class MalformedIdentifier(ValueError):
    """The text cannot carry a check digit of this scheme: wrong length or a character outside its alphabet."""


class _Sequence:
    """The last millisecond and counter this process used; a fork starts afresh so that a child repeats nothing."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last_ms = -1
        self.counter = 0

    def next(self, now_ms: int) -> tuple[int, int]:
        """Return a (millisecond, counter) above every pair returned before, even when the clock stands or goes back."""
        with self.lock:
            if now_ms > self.last_ms:
                self.last_ms = now_ms
                # The top bit starts at zero, so at least 2**41 identifiers fit before the counter can overflow.
                self.counter = int.from_bytes(os.urandom(6), "big") >> 7
            else:
                self.counter += 1
                if self.counter >> _COUNTER_BITS:
                    self.last_ms += 1
                    self.counter = int.from_bytes(os.urandom(6), "big") >> 7
            return self.last_ms, self.counter


_sequence = _Sequence()


def _start_afresh() -> None:
    global _sequence
    _sequence = _Sequence()


os.register_at_fork(after_in_child=_start_afresh)


def uuid7() -> UUID:
    """Return a UUID version 7, greater than every one this process made before.

    48 bits of Unix milliseconds, a 42-bit counter (12 bits of rand_a, 30 of rand_b), 32 random bits. Thread-safe.
    Source: RFC 9562, sections 5.7 and 6.2 (method 1, fixed-length dedicated counter).
    """
    milliseconds, counter = _sequence.next(time.time_ns() // 1_000_000)
    tail = int.from_bytes(os.urandom(4), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (counter >> 30) << 64
    value |= 0b10 << 62 | (counter & 0x3FFF_FFFF) << _TAIL_BITS | tail
    return UUID(int=value)


def luhn_digit(payload: str) -> str:
    """Return the Luhn check digit of a string of digits. Source: ISO/IEC 7812-1 annex B."""
    total = 0
    for position, value in enumerate(reversed(_values(payload, DIGITS))):
        doubled = value * 2 if position % 2 == 0 else value
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def luhn_valid(number: str) -> bool:
    """Tell whether the last digit is the Luhn check digit of those before it; anything unreadable is not valid."""
    return _ends_with_check(number, 1, luhn_digit)


def nhs_digit(payload: str) -> str | None:
    """Return the tenth digit of an NHS number from its first nine; None when these nine are never issued.

    Modulus 11 with weights 10 to 2; a remainder that would need "10" is not issued. Source: NHS Data Dictionary.
    """
    values = _values(payload, DIGITS)
    if len(values) != 9:
        raise MalformedIdentifier(f"an NHS number has nine digits before its check digit, got {len(values)}")
    check = -sum(value * (10 - position) for position, value in enumerate(values)) % 11
    return None if check == 10 else str(check)


def nhs_valid(number: str) -> bool:
    """Tell whether a ten-digit NHS number (no spaces) carries the right check digit."""
    return len(number) == 10 and _ends_with_check(number, 1, nhs_digit)


def mod97_digits(payload: str) -> str:
    """Return the two ISO 7064 MOD 97-10 check digits of digits and capital letters (A = 10 … Z = 35)."""
    expanded = "".join(str(value) for value in _values(payload, ALPHANUMERIC))
    return f"{98 - int(expanded + '00') % 97:02d}"


def mod97_valid(number: str) -> bool:
    """Tell whether the last two digits are the MOD 97-10 check digits of those before them."""
    return number[-2:].isdecimal() and _ends_with_check(number, 2, mod97_digits)


def iban_valid(number: str) -> bool:
    """Tell whether an IBAN (no spaces) passes its check, the first four characters moved to the end (ISO 13616)."""
    if not 15 <= len(number) <= 34 or not number[:2].isalpha() or not number[2:4].isdecimal():
        return False
    return mod97_valid(number[4:] + number[:2] + number[2:4])


def iso7064_mod11_2(payload: str) -> str:
    """Return the MOD 11-2 check character of digits: 0 to 9 or X (as in ISNI and ORCID)."""
    return (DIGITS + "X")[_pure_radix_2(_values(payload, DIGITS), 11)]


def iso7064_mod37_2(payload: str) -> str:
    """Return the MOD 37-2 check character of digits and capital letters: 0 to 9, A to Z or * (as in ISBT 128)."""
    return (ALPHANUMERIC + "*")[_pure_radix_2(_values(payload, ALPHANUMERIC), 37)]


def iso7064_mod11_10(payload: str) -> str:
    """Return the hybrid MOD 11,10 check digit of digits (as in the German tax number)."""
    return DIGITS[_hybrid(_values(payload, DIGITS), 10)]


def iso7064_mod37_36(payload: str) -> str:
    """Return the hybrid MOD 37,36 check character of digits and capital letters."""
    return ALPHANUMERIC[_hybrid(_values(payload, ALPHANUMERIC), 36)]


def iso7064_valid(number: str, system: str) -> bool:
    """Tell whether a number ends in its check character; `system` is "11-2", "37-2", "97-10", "11,10" or "37,36".

    Raises:
        KeyError: no such system.
    """
    length, check = _ISO7064[system]
    return _ends_with_check(number, length, check)


def _pure_radix_2(values: list[int], modulus: int) -> int:
    product = 0
    for value in values:
        product = (product + value) * 2 % modulus
    return (1 - product) % modulus


def _hybrid(values: list[int], modulus: int) -> int:
    product = modulus
    for value in values:
        product = ((product + value) % modulus or modulus) * 2 % (modulus + 1)
    return (1 - product) % modulus


def _values(text: str, alphabet: str) -> list[int]:
    if not text:
        raise MalformedIdentifier("an empty number has no check digit")
    values = [alphabet.find(character) for character in text]
    if -1 in values:
        wrong = text[values.index(-1)]
        raise MalformedIdentifier(f"{wrong!r} is not allowed here; use only {alphabet[0]}-{alphabet[-1]}, no spaces")
    return values


def _ends_with_check(number: str, length: int, check: Callable[[str], str | None]) -> bool:
    try:
        return check(number[:-length]) == number[-length:]
    except MalformedIdentifier:
        return False


_ISO7064: Final[dict[str, tuple[int, Callable[[str], str]]]] = {
    "11-2": (1, iso7064_mod11_2),
    "37-2": (1, iso7064_mod37_2),
    "97-10": (2, mod97_digits),
    "11,10": (1, iso7064_mod11_10),
    "37,36": (1, iso7064_mod37_36),
}
