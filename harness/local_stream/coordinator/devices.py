"""Devices of users, as they ask for push. They are kept and shown; nothing is ever pushed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Device:
    """One device. `id` is its push token."""

    id: str
    user_id: str
    push_provider: str
    created_at: datetime
    push_provider_name: str | None = None
    hardware_id: str | None = None
    voip: bool | None = None


def device_response(device: Device) -> dict[str, object]:
    """DeviceResponse."""
    return {name: value for name, value in vars(device).items() if value is not None}
