"""Where recordings are, and how they are fetched: each by an address that nobody can guess."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from harness.errors import SettingsError
from harness.local_stream.media import RecordedFile

TYPES = {".webm": "video/webm", ".mp4": "video/mp4"}


class RecordingFolder:
    """`kept` stays, with its files; without it there is a folder until `close`.

    Raises SettingsError when `kept` can not be written to.
    """

    def __init__(self, kept: Path | None) -> None:
        self._kept = kept
        self._temporary: Path | None = None
        self._offered: dict[str, Path] = {}
        if kept is not None:
            _make(kept)

    @property
    def path(self) -> Path:
        """The folder: its user's alone."""
        if self._kept is not None:
            return self._kept
        if self._temporary is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="local-stream-recordings-"))
        return self._temporary

    def offer(self, file: Path, base_url: str) -> RecordedFile:
        """Serve `file` from now on, of an application at `base_url`."""
        secret = secrets.token_urlsafe(24)
        self._offered[secret] = file
        return RecordedFile(file.name, f"{base_url}/recordings/{secret}/{file.name}")

    def delete(self, file: RecordedFile) -> None:
        """Delete a file, and serve it no more."""
        for secret, path in list(self._offered.items()):
            if f"/{secret}/" in file.url:
                del self._offered[secret]
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Serve nothing any more, and delete what is not kept."""
        self._offered.clear()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def route(self) -> Route:
        """To serve the files by, in whole and in parts (players ask for parts)."""
        return Route("/recordings/{secret}/{name}", self._serve, methods=["GET"])

    async def _serve(self, request: Request) -> Response:
        file = self._offered.get(request.path_params["secret"])
        if file is None or file.name != request.path_params["name"] or not file.is_file():
            return PlainTextResponse("There is no such recording here, or no more.", 404)
        return FileResponse(file, media_type=TYPES[file.suffix])


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingsError(
            f"HARNESS_STREAM_RECORDINGS was expected to be a folder to write to: {folder} is none "
            f"({error.strerror}). Name another, or leave it out."
        ) from None
