"""`python -m harness.local_stream`: Stream Video on this machine."""

from harness.config import LocalStreamSettings, load
from harness.local_stream.app import create_app
from harness.serving import serve


def main() -> None:
    """Serve until told to stop."""
    settings = load(LocalStreamSettings)
    serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
