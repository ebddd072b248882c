"""External storages: where an app wants its recordings. Kept by name; nothing is ever put into them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.local_stream.coordinator.errors import ApiError, Code, input_error, required
from harness.local_stream.coordinator.values import Json, text

RESERVED = "stream-s3"


@dataclass(frozen=True)
class ExternalStorage:
    """What is shown of a storage. Its credentials are not kept: they are secrets, and of no use here."""

    name: str
    bucket: str
    path: str
    type: str

    def response(self) -> dict[str, object]:
        """ExternalStorageResponse."""
        return dict(vars(self))


def read_storage(given: Json, name: str | None) -> ExternalStorage:
    """The storage that a request describes; raises the vendor's input error."""
    if not name:
        raise required("name")
    if name == RESERVED:
        raise input_error(f"{name} name reserved for internal use")
    bucket, kind = _given(given, "bucket"), _given(given, "storage_type")
    return ExternalStorage(name, bucket, text(given, "path") or "", kind)


class ExternalStorages:
    """All storages by name."""

    def __init__(self) -> None:
        self._storages: dict[str, ExternalStorage] = {}

    def all(self) -> list[ExternalStorage]:
        """Every storage, oldest first."""
        return list(self._storages.values())

    def add(self, storage: ExternalStorage) -> None:
        """Keep a new storage; raises the input error when its name is taken."""
        if storage.name in self._storages:
            raise input_error(f"external storage {storage.name} already exists")
        self._storages[storage.name] = storage

    def change(self, storage: ExternalStorage) -> None:
        """Put `storage` in place of the one of its name; raises the vendor's 404."""
        self._check(storage.name)
        self._storages[storage.name] = storage

    def remove(self, name: str) -> None:
        """Forget a storage; raises the vendor's 404."""
        self._check(name)
        del self._storages[name]

    def clear(self) -> None:
        """Forget all storages."""
        self._storages.clear()

    def _check(self, name: str) -> None:
        if name not in self._storages:
            raise ApiError(404, Code.NOT_FOUND, f"external storage {name} does not exist")


def _given(given: Json, field: str) -> str:
    value = text(given, field)
    if not value:
        raise required(field)
    return value
