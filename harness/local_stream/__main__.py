"""`python -m harness.local_stream`: Stream Video on this machine."""

from harness.config import LocalStreamSettings
from harness.local_stream.app import create_app
from harness.serving import run

if __name__ == "__main__":
    run(LocalStreamSettings, create_app)
