"""Custom data: any JSON that apps keep on users, calls and members, or send in events, to the vendor's 5 KB.

The vendor tells that size for events; that users, calls and members have the same is inferred. The tokens of
the SFU carry the user's.
"""

from __future__ import annotations

from harness.local_stream.coordinator.encoding import dump, iso
from harness.local_stream.coordinator.errors import input_error
from harness.local_stream.coordinator.values import Json, copied, mapping

# As JSON, in bytes.
LARGEST = 5 * 1024


def custom_data(given: Json) -> dict[str, object] | None:
    """A copy of the field `custom`, or None when absent; raises the vendor's input error when too large."""
    custom = mapping(given, "custom")
    if custom is None:
        return None
    size = len(dump(custom, iso).encode())
    if size > LARGEST:
        sentence = f"custom must be {LARGEST} bytes of JSON at most, got {size}"
        raise input_error(sentence, custom=sentence)
    return copied(custom)
