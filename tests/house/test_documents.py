"""Commands and links that documents name, but the house does not have, are found."""

from pathlib import Path

from tests.house.planting import plant
from tests.house.rules import documents
from tests.house.tree import standing

README = """# A house
Run `make demo`, then `make -s nothing`; make sure that it works.

```
PORT=80 make demo   # make noise
make dance
```

[a guide](docs/guide.md#start) [gone](docs/gone.md) [elsewhere](https://example.org) ![a picture](docs/ward.png)
`[not a link](code.md)`
"""

QUOTES = """<!-- from ehospital/people/actions.py -->
```python
def admit():
    return 1
```
<!-- from ehospital/people/actions.py -->
```python
def admit():
    return 2
```
"""


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    files = {
        "Makefile": "demo: setup ## a hospital\n\techo\nsetup:\n\techo\n",
        "README.md": README,
        "docs/guide.md": f"[back](../README.md)\n`make again`\n{QUOTES}",
        "docs/forgotten.md": "words\n",
        "ehospital/people/actions.py": "def admit():\n    return 1\n",
    }
    found = sorted(documents.check(plant(tmp_path, files)))
    assert [(finding.path, finding.line, finding.what) for finding in found] == [
        ("README.md", 2, "`make nothing` is no target of the Makefile"),
        ("README.md", 6, "`make dance` is no target of the Makefile"),
        ("README.md", 9, "the link to docs/gone.md leads nowhere"),
        ("README.md", 9, "the link to docs/ward.png leads nowhere"),
        ("docs/forgotten.md", 1, "no other page links to this one"),
        ("docs/guide.md", 2, "`make again` is no target of the Makefile"),
        ("docs/guide.md", 8, "this does not stand in ehospital/people/actions.py"),
    ]
    assert found[0].next_step == "Write the target, or name one of: demo, setup"


def test_the_documents_of_the_house_speak_of_what_is_there() -> None:
    assert [str(finding) for finding in documents.check(standing())] == []
