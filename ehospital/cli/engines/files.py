"""Files that another process may read at any moment: written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace `path` by `text` in one step, readable by us alone.

    Args:
        durable: flush to the disk first; leave it out for files that only live as long as a run.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
