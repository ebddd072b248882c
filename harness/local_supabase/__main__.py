"""`python -m harness.local_supabase`: the local Supabase as a process of its own."""

from __future__ import annotations

import sys

from harness.config import LocalSupabaseSettings, load
from harness.errors import HarnessError
from harness.local_supabase.app import create_app
from harness.serving import serve


def main() -> None:
    """Serve until stopped; exit 2 with one sentence when it cannot start."""
    try:
        settings = load(LocalSupabaseSettings)
        app = create_app(settings)
        serve(app, settings)
    except HarnessError as error:
        sys.exit(_told(error))
    if app.state.failure is not None:
        sys.exit(_told(app.state.failure))


def _told(error: HarnessError) -> int:
    sys.stderr.write(f"{error}\n")
    return error.exit_code


if __name__ == "__main__":
    main()
