"""`python -m harness.local_stream`: Stream Video on this machine."""

from harness.config import LocalStreamSettings
from harness.local_stream.app import create_app
from harness.local_stream.marked_as_text import MarkedAsText
from harness.serving import Limits, run

if __name__ == "__main__":
    run(LocalStreamSettings, create_app, Limits(websockets=MarkedAsText))
