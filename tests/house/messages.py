"""The catalogues of translations: kept in step with the source, checked, and compiled, in pure Python.

python -m tests.house.messages              do the catalogues hold what the source says? are they compiled?
python -m tests.house.messages --write      collect the strings, write the .po files anew, compile them
python -m tests.house.messages --complete   …and is everything that patients read translated?
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

from tests.house import strings
from tests.house.tree import ROOT

LOCALE = ROOT / "ehospital" / "locale"
LANGUAGES = {
    "en": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
    ),
}
SOURCE = "en"
# What a patient may come to read: everything but the staff's own screens.
PATIENTS = ("ehospital/web/portal/", "ehospital/web/kit/", "ehospital/web/errors/", "ehospital/web/account/",
            "ehospital/web/allauth/", "ehospital/web/mfa/", "ehospital/web/429.html",
            "ehospital/web/templatetags/")  # fmt: skip
_PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def catalogue(language: str, folder: Path = LOCALE) -> Path:
    """Return where a language's catalogue lies."""
    return folder / language / "LC_MESSAGES" / "django.po"


def key_of(entry: polib.POEntry) -> strings.Key:
    """Return what identifies an entry."""
    return strings.Key(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def renewed(language: str, found: dict[strings.Key, set[str]], known: polib.POFile | None) -> polib.POFile:
    """Return a catalogue of exactly what was found; translations that are known stay."""
    had = {key_of(entry): entry for entry in known or []}
    made = polib.POFile(wrapwidth=110)
    made.metadata = {
        "Project-Id-Version": "ehospital",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    forms = int(re.search(r"nplurals=(\d+)", LANGUAGES[language])[1])  # type: ignore[index]
    for key in sorted(found, key=lambda one: (min(found[one]), one)):
        before = had.get(key)
        entry = polib.POEntry(
            msgid=key.msgid,
            msgctxt=key.context or None,
            occurrences=[(name, "") for name in sorted(found[key])],
            flags=["python-format"] if re.search(r"%\(\w+\)[sd]", key.msgid + key.plural) else [],
        )
        if key.plural:
            entry.msgid_plural = key.plural
            old = before.msgstr_plural if before else {}
            entry.msgstr_plural = {form: old.get(form, "") for form in range(forms)}
        else:
            entry.msgstr = before.msgstr if before else ""
        made.append(entry)
    return made


def wrong(entry: polib.POEntry) -> Iterator[str]:
    """Yield what is wrong with a translation: a hole that is missing or invented, some plural forms but not all."""
    if "fuzzy" in entry.flags:
        yield "is marked fuzzy"
    wanted = set(_PLACE.findall(entry.msgid + (entry.msgid_plural or "")))
    if entry.msgid_plural:
        texts = [text for text in entry.msgstr_plural.values() if text]
        if texts and len(texts) != len(entry.msgstr_plural):
            yield "has some of its plural forms but not all"
        # "one" and "two" may be words that need no number, so a plural form may leave a hole out, never invent one.
        if any(set(_PLACE.findall(text)) - wanted for text in texts):
            yield f"fills a hole that does not exist; there are {sorted(wanted)}"
    elif entry.msgstr and set(_PLACE.findall(entry.msgstr)) != wanted:
        yield f"must have the holes {sorted(wanted)}"


def problems(found: dict[strings.Key, set[str]], folder: Path = LOCALE, *, complete: bool = False) -> Iterator[str]:
    """Yield every reason why the catalogues are not in step with the source."""
    for language in LANGUAGES:
        path = catalogue(language, folder)
        if not path.is_file():
            yield f"{path.relative_to(folder.parent)} is not there. Run: make messages"
            continue
        entries = polib.pofile(str(path))
        there = {key_of(entry) for entry in entries}
        name = path.relative_to(folder.parent).as_posix()
        for key in sorted(set(found) - there):
            yield f"{name}: lacks {key.msgid!r} of {min(found[key])}. Run: make messages"
        for key in sorted(there - set(found)):
            yield f"{name}: holds {key.msgid!r}, which nothing says any more. Run: make messages"
        for entry in entries:
            yield from (f"{name}: {entry.msgid!r} {fault}" for fault in wrong(entry))
            if complete and language != SOURCE and not entry.translated() and _for_patients(entry):
                yield f"{name}: {entry.msgid!r} is read by patients and not translated"
        compiled = path.with_suffix(".mo")
        if not compiled.is_file() or compiled.read_bytes() != entries.to_binary():
            yield f"{name}: is not compiled as it stands. Run: make messages"


def _for_patients(entry: polib.POEntry) -> bool:
    return any(name.startswith(PATIENTS) for name, _line in entry.occurrences)


def write(found: dict[strings.Key, set[str]], folder: Path = LOCALE) -> Iterator[str]:
    """Write and compile every catalogue; yield one line about each."""
    for language in LANGUAGES:
        path = catalogue(language, folder)
        known = polib.pofile(str(path)) if path.is_file() else None
        made = renewed(language, found, known)
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save(str(path))
        # Compiled from what was written, so that the check compares like with like.
        path.with_suffix(".mo").write_bytes(polib.pofile(str(path)).to_binary())
        open_ones = [entry for entry in made if not entry.translated()]
        patients = sum(_for_patients(entry) for entry in open_ones)
        todo = "" if language == SOURCE else f", {len(open_ones)} not translated ({patients} of them for patients)"
        yield f"{language}: {len(made)} messages{todo}"


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; the exit code says whether the catalogues stand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--write", action="store_true", help="collect, write and compile")
    parser.add_argument("--complete", action="store_true", help="what patients read must be translated")
    options = parser.parse_args(arguments)
    found = strings.in_tree(ROOT / "ehospital")
    if options.write:
        for line in write(found):
            print(line)
    faults = list(problems(found, complete=options.complete))
    for fault in faults[:60]:
        print(fault, file=sys.stderr)
    if len(faults) > 60:
        print(f"… and {len(faults) - 60} more", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
