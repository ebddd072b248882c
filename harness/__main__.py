"""`python3 -m harness ...` in a checkout: makes `.venv` when needed and goes on inside it.

Standard library only, and words that any Python can parse, so that one that is too old is told so.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  this file is what people with an older Python start
    sys.stderr.write(
        "The harness needs Python 3.11 or newer, and this is Python "
        + sys.version.split()[0]
        + " ("
        + sys.executable
        + "): start it with a newer one, for example `python3.12 -m harness`.\n"
    )
    sys.exit(2)

from harness.setup.start import start

if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
