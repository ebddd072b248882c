"""Settings from the environment, and one sentence for what is wrong with them."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings
from pydantic_settings import SettingsError as UnreadableSetting

from harness.config.faults import fault
from harness.errors import SettingsError

SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def load(settings: type[SettingsT], **told: Any) -> SettingsT:  # noqa: ANN401
    """Read `settings` from the environment; raises SettingsError that names each variable at fault.

    `told` is what is known from elsewhere, by the names of fields.
    """
    try:
        return settings(**told)
    except UnreadableSetting as error:
        raise SettingsError(f"A setting could not be read: {error}.") from None
    except ValidationError as error:
        faults = (fault(settings, told) for told in error.errors())
        raise SettingsError(f"Settings are missing or wrong: {'; '.join(faults)}.") from None
