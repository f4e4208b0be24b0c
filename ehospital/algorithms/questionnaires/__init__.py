"""Structured forms: what a FHIR Questionnaire asks, which questions are open, whether the answers will do, their sum.

Source: HL7 FHIR R4 (4.0.1) Questionnaire and QuestionnaireResponse; SDC 3.0 for weights and observations. What is taken
from them and what is refused by name is written in docs/adr/0021.
"""

from typing import Final

from ehospital.algorithms.questionnaires.answers import Answers, Value, answer, typed
from ehospital.algorithms.questionnaires.checking import Finding, findings
from ehospital.algorithms.questionnaires.definition import Band, Due, Item, Option, Questionnaire, Score, Text
from ehospital.algorithms.questionnaires.due import State, Task, task
from ehospital.algorithms.questionnaires.extracting import Extract, extracts
from ehospital.algorithms.questionnaires.filling import Path, Settled, Total, begun, settle
from ehospital.algorithms.questionnaires.reading import Refusal, UnusableQuestionnaire, newer, read

VERSION: Final = "1.0.0"

__all__ = [
    "VERSION",
    "Answers",
    "Band",
    "Due",
    "Extract",
    "Finding",
    "Item",
    "Option",
    "Path",
    "Questionnaire",
    "Refusal",
    "Score",
    "Settled",
    "State",
    "Task",
    "Text",
    "Total",
    "UnusableQuestionnaire",
    "Value",
    "answer",
    "begun",
    "extracts",
    "findings",
    "newer",
    "read",
    "settle",
    "task",
    "typed",
]
