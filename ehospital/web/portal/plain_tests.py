"""Common tests in plain words: what a patient reads instead of the laboratory's name.

The sentences say what is measured and nothing about anybody's illness. The laboratory's own name stays on the page of
each test. Codes are LOINC; a test that is not here keeps its own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ehospital.kernel.codes import LOINC


@dataclass(frozen=True, slots=True)
class PlainTest:
    """A test's everyday name, and one sentence on what it measures."""

    name: Promise
    about: Promise


_ROWS: Final = (
    # Blood cells
    (_("Haemoglobin"), _("The part of your blood that carries oxygen."), "718-7"),
    (_("White blood cells"), _("The cells that fight infections."), "6690-2"),
    (_("Red blood cells"), _("The cells that carry oxygen through your body."), "789-8"),
    (_("Blood platelets"), _("The cells that help your blood to clot."), "777-3"),
    (_("Size of the red blood cells"), _("Shows what kind of red blood cells your body makes."), "787-2"),
    (_("Haematocrit"), _("How much of your blood is made of red cells."), "4544-3"),
    (
        _("INR (blood clotting)"),
        _("How quickly your blood clots. With a blood thinner your own target differs from the usual range."),
        "6301-6",
    ),
    # Salts and kidneys
    (_("Potassium"), _("A salt that your heart and muscles need."), "2823-3", "6298-4"),
    (_("Sodium"), _("A salt that balances the water in your body."), "2951-2", "2947-0"),
    (_("Chloride"), _("A salt that balances the water in your body."), "2069-3", "2075-0"),
    (_("Calcium"), _("A mineral that bones, nerves and muscles need."), "49765-1", "17861-6"),
    (_("Bicarbonate"), _("Shows the balance of acids in your blood."), "20565-8", "2028-9"),
    (_("Urea"), _("A waste product that your kidneys remove."), "22664-7", "3094-0", "6299-2"),
    (
        _("Creatinine"),
        _("A waste product of your muscles. It shows how well your kidneys work."),
        "14682-9",
        "2160-0",
        "38483-4",
    ),
    (_("Kidney function (eGFR)"), _("An estimate of how well your kidneys clean your blood."), "62238-1", "33914-3"),
    (_("Albumin in the urine"), _("Shows whether your kidneys let protein through."), "14959-1"),
    (_("Uric acid"), _("A waste product in your blood. Much of it can cause gout."), "14933-6"),
    # Sugar and fats
    (
        _("Blood sugar"),
        _("The sugar in your blood at the moment of the test."),
        "14749-6",
        "2339-0",
        "2345-7",
        "15074-8",
        "14743-9",
    ),
    (
        _("HbA1c (long-term blood sugar)"),
        _("Your average blood sugar of the last two to three months."),
        "59261-8",
        "4548-4",
    ),
    (_("Cholesterol, total"), _("All the cholesterol in your blood together."), "14647-2", "2093-3"),
    (_("HDL cholesterol"), _("The cholesterol that protects your blood vessels."), "14646-4", "2085-9"),
    (_("LDL cholesterol"), _("The cholesterol that can narrow your blood vessels."), "39469-2", "18262-6"),
    (_("Triglycerides"), _("A kind of fat in your blood."), "14927-8", "2571-8"),
    # Liver and protein
    (_("ALT (liver)"), _("A substance that the liver gives off when it is irritated."), "1742-6"),
    (_("AST (liver)"), _("A substance that liver and muscles give off when they are irritated."), "1920-8"),
    (_("Alkaline phosphatase"), _("A substance from the liver and the bones."), "6768-6"),
    (_("Bilirubin"), _("A yellow substance that the liver removes from your blood."), "14631-6", "1975-2"),
    (_("Albumin"), _("A protein that your liver makes."), "1751-7"),
    (_("Protein, total"), _("All the protein in your blood together."), "2885-2"),
    # Heart, inflammation, hormones, iron, markers
    (
        _("CRP (inflammation)"),
        _("Rises when there is an inflammation or an infection somewhere in the body."),
        "1988-5",
    ),
    (_("Troponin"), _("Rises when the heart muscle is hurt."), "67151-1"),
    (_("NT-proBNP (heart)"), _("Shows how hard your heart is working."), "33762-6"),
    (_("Lactate"), _("Rises when parts of the body get too little oxygen."), "2524-7"),
    (_("TSH (thyroid)"), _("The hormone that steers your thyroid gland."), "3016-3"),
    (_("Ferritin (iron store)"), _("Shows how much iron your body has stored."), "2276-4"),
    (_("PSA (prostate)"), _("A substance that the prostate makes."), "2857-1"),
    (_("CEA"), _("A substance in the blood that is followed over time in some illnesses."), "2039-6"),
    # Measured on the body
    (
        _("Blood pressure"),
        _("The pressure in your blood vessels: when the heart beats, and between two beats."),
        "85354-9",
        "55284-4",
    ),
    (_("Upper blood pressure"), _("The pressure in your blood vessels when the heart beats."), "8480-6"),
    (_("Lower blood pressure"), _("The pressure in your blood vessels between two beats of the heart."), "8462-4"),
    (_("Heart rate"), _("How often your heart beats in a minute."), "8867-4", "8889-8"),
    (_("Breathing rate"), _("How often you breathe in a minute."), "9279-1"),
    (_("Temperature"), _("The temperature of your body."), "8310-5", "8331-1"),
    (_("Oxygen in the blood"), _("How much oxygen your blood carries."), "59408-5", "2708-6"),
    (_("Height"), _("How tall you are."), "8302-2"),
    (_("Weight"), _("How much you weigh."), "29463-7"),
    (_("Body mass index (BMI)"), _("Your weight in relation to your height."), "39156-5"),
    (
        _("Pain, 0 to 10"),
        _("How strong your pain was, as you said it: 0 is none, 10 the worst that you can think of."),
        "72514-3",
    ),
    (_("Smoking"), _("What you told us about smoking."), "72166-2"),
)

PLAIN_TESTS: Final[Mapping[str, PlainTest]] = MappingProxyType(
    {code: PlainTest(name, about) for name, about, *codes in _ROWS for code in codes}
)


def plain_test(code_system: str, code: str) -> PlainTest | None:
    """Return the plain words for a coded test, None when there are none."""
    return PLAIN_TESTS.get(code) if code_system == LOINC else None
