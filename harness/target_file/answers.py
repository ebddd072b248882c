"""One answer for a target file: understood as its key wants it, or refused in a sentence, at once."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from harness.config import TargetSettings
from harness.config.faults import nearest
from harness.config.target_file import PORT
from harness.errors import UsageError

SOME_PORT = "4711"


def understood(key: str, text: str) -> Any:  # noqa: ANN401  as TOML has it
    """What the file says for `text`; raises UsageError for a key that there is not, and a wrong value."""
    field = _field(key)
    value = _value(text, field)
    tried = value.replace(PORT, SOME_PORT) if isinstance(value, str) else value
    try:
        kind: Any = Annotated[field.annotation, key, *field.metadata]
        TypeAdapter(kind).validate_python(tried)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise UsageError(f"{key} is wrong ({said[:1].lower()}{said[1:]}).") from None
    return value


def _field(key: str) -> FieldInfo:
    """Of `host.url`, or of `party.make.url`; a secret is no key of a file."""
    model: type[BaseModel] = TargetSettings
    known = [name for name in TargetSettings.model_fields if name not in TargetSettings.secret_fields()]
    *tables, name = key.split(".")
    for table in tables:
        inner = _model(model.model_fields.get(table)) if table in known else None
        if inner is None:
            raise UsageError(f"{key} is no key of a target file.{nearest(table, known)}")
        model, known = inner, list(inner.model_fields)
    if name not in known:
        raise UsageError(f"{key} is no key of a target file.{nearest(name, known)}")
    return model.model_fields[name]


def _model(field: FieldInfo | None) -> type[BaseModel] | None:
    kinds = [field.annotation, *get_args(field.annotation)] if field is not None else []
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _value(text: str, field: FieldInfo) -> Any:  # noqa: ANN401
    """Texts are texts; numbers, booleans, lists and tables are written as TOML has them."""
    if field.annotation is str or (field.annotation == str | None):
        return text
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
