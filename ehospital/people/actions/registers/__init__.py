"""Registers from paper and spreadsheets: brought in, understood, checked, taken into use, and undone completely."""

from ehospital.people.actions.registers.bringing import (
    RegisterMoved,
    Unsaid,
    bring_register,
    check_register,
    decide_row,
    describe_again,
    describe_register,
    discard_register,
    resume,
    take_register,
    undo_register,
    work_soon,
)
from ehospital.people.actions.registers.checking import check_rows
from ehospital.people.actions.registers.reading import read_register
from ehospital.people.actions.registers.taking import take_rows
from ehospital.people.actions.registers.undoing import undo_rows
from ehospital.people.actions.registers.working import WORK, work_on

__all__ = [
    "WORK",
    "RegisterMoved",
    "Unsaid",
    "bring_register",
    "check_register",
    "check_rows",
    "decide_row",
    "describe_again",
    "describe_register",
    "discard_register",
    "read_register",
    "resume",
    "take_register",
    "take_rows",
    "undo_register",
    "undo_rows",
    "work_on",
    "work_soon",
]
