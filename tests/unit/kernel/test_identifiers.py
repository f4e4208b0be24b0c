"""Identifiers: version 7 UUIDs that never go back, and check digits against published examples."""

import os
import threading
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.kernel import identifiers
from ehospital.kernel.identifiers import (
    iban_valid,
    iso7064_mod11_2,
    iso7064_mod11_10,
    iso7064_mod37_2,
    iso7064_mod37_36,
    iso7064_valid,
    luhn_digit,
    luhn_valid,
    mod97_digits,
    mod97_valid,
    nhs_digit,
    nhs_valid,
    uuid7,
)


def test_a_uuid7_carries_its_version_its_variant_and_the_present_millisecond():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.int >> 76) & 0xF == 7
    assert (made.int >> 62) & 0b11 == 0b10
    # The counter may borrow a millisecond when very many were made in one; never more than a few.
    assert before <= made.int >> 80 <= after + 2


def test_a_hundred_thousand_in_a_row_only_go_up():
    made = [uuid7() for _ in range(100_000)]
    assert made == sorted(set(made))


def test_they_go_up_even_when_the_clock_goes_back(monkeypatch):
    sequence = identifiers._Sequence()
    pairs = [sequence.next(now) for now in (1000, 1000, 900, 5, 1001, 1000)]
    assert pairs == sorted(set(pairs))
    assert [ms for ms, _ in pairs] == [1000, 1000, 1000, 1000, 1001, 1001]


def test_a_full_counter_borrows_the_next_millisecond():
    sequence = identifiers._Sequence()
    sequence.next(1000)
    sequence.counter = 2**42 - 1
    milliseconds, counter = sequence.next(1000)
    assert milliseconds == 1001
    assert counter < 2**41


def test_threads_never_make_the_same_one():
    made: list[UUID] = []

    def make() -> None:
        made.extend([uuid7() for _ in range(2_000)])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000


def test_a_forked_child_starts_its_own_sequence():
    uuid7()
    mine = identifiers._sequence.last_ms, identifiers._sequence.counter
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(send, f"{identifiers._sequence.last_ms},{identifiers._sequence.counter}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        assert pipe.read() == "-1,0"
    assert (identifiers._sequence.last_ms, identifiers._sequence.counter) == mine


@pytest.mark.parametrize(
    ("payload", "digit"),
    [("7992739871", "3"), ("453201511283036", "6"), ("0", "0"), ("80840123456789", "3")],
)
def test_luhn_agrees_with_published_examples(payload, digit):
    assert luhn_digit(payload) == digit
    assert luhn_valid(payload + digit)


@pytest.mark.parametrize("number", ["9434765919", "9434765870", "4010232137"])
def test_published_nhs_numbers_are_valid(number):
    assert nhs_valid(number)
    assert nhs_digit(number[:9]) == number[9]


@pytest.mark.parametrize("number", ["9434765918", "943476591", "94347659199", "943 476 5919", "", "943476591X"])
def test_other_nhs_numbers_are_not(number):
    assert not nhs_valid(number)


def test_an_nhs_number_whose_check_would_be_ten_is_never_issued():
    assert nhs_digit("100000001") is None  # 1×10 + 1×2 = 12, and 11 − 12 mod 11 = 10
    assert not any(nhs_valid(f"100000001{digit}") for digit in range(10))


@pytest.mark.parametrize("number", ["GB82WEST12345698765432", "DE89370400440532013000", "NO9386011117947"])
def test_published_ibans_are_valid(number):
    assert iban_valid(number)


@pytest.mark.parametrize(
    "number", ["GB82WEST12345698765431", "82GBWEST12345698765432", "", "GB82 WEST 1234 5698 7654 32"]
)
def test_other_ibans_are_not(number):
    assert not iban_valid(number)


def test_iso_7064_agrees_with_the_examples_of_the_standard():
    assert iso7064_mod11_2("0794") == "0"
    assert iso7064_mod11_2("079") == "X"
    assert iso7064_mod37_2("G123498654321") == "H"  # a blood donation, ISBT 128
    assert iso7064_mod11_10("0794") == "5"
    assert iso7064_mod37_36("A12425GABC1234002") == "M"
    assert mod97_digits("794") == "44"
    assert mod97_valid("79444")
    assert iso7064_valid("000000012146438X", "11-2")  # an ISNI


@pytest.mark.parametrize("system", ["11-2", "37-2", "97-10", "11,10", "37,36"])
@given(payload=st.text("0123456789", min_size=1, max_size=20), data=st.data())
def test_every_iso_7064_system_sees_each_single_wrong_digit(system, payload, data):
    _, check = identifiers._ISO7064[system]
    number = payload + check(payload)
    assert iso7064_valid(number, system)
    position = data.draw(st.integers(0, len(payload) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[position]]))
    assert not iso7064_valid(number[:position] + wrong + number[position + 1 :], system)


@given(st.text("0123456789", min_size=1, max_size=30), st.data())
def test_luhn_sees_each_single_wrong_digit(payload, data):
    number = payload + luhn_digit(payload)
    position = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[position]]))
    assert not luhn_valid(number[:position] + wrong + number[position + 1 :])


@pytest.mark.parametrize("text", ["", "12a", "１２３", "1 2"])
def test_what_is_no_number_has_no_check_digit(text):
    with pytest.raises(identifiers.MalformedIdentifier):
        luhn_digit(text)
    assert not luhn_valid(text)
