"""The app's own settings: what servers change by UpdateApp. Where webhooks go is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from harness.local_stream.coordinator.rules import Rule, Section, check
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.values import Json, mapping, mappings, moment, text_list

_OFF = [
    "allow_multi_user_devices",
    "async_url_enrich_enabled",
    "auto_translation_enabled",
    "campaign_enabled",
    "disable_auth_checks",
    "disable_permissions_checks",
    "feed_audit_logs_enabled",
    "guest_user_creation_disabled",
    "image_moderation_enabled",
    "member_custom_on_mentioned_users_enabled",
    "member_custom_on_messages_enabled",
    "member_custom_on_typing_events_enabled",
    "moderation_audio_call_moderation_enabled",
    "moderation_enabled",
    "moderation_keyframe_video_enabled",
    "moderation_llm_configurability_enabled",
    "moderation_multitenant_blocklist_enabled",
    "moderation_video_call_moderation_enabled",
    "multi_tenant_enabled",
    "suspended",
    "use_hook_v2",
    "user_response_time_enabled",
]
_EMPTY = [
    "custom_action_handler_url",
    "moderation_webhook_url",
    "organization",
    "sns_key",
    "sns_secret",
    "sns_topic_arn",
    "sqs_key",
    "sqs_secret",
    "sqs_url",
    "suspended_explanation",
    "webhook_url",
]
_UPLOADS = {
    "size_limit": 0,
    "allowed_file_extensions": [],
    "allowed_mime_types": [],
    "blocked_file_extensions": [],
    "blocked_mime_types": [],
}
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(_OFF, False),
    **dict.fromkeys(_EMPTY, ""),
    "permission_version": "v2",
    "enforce_unique_usernames": "no",
    "cdn_expiration_seconds": 0,
    "max_aggregated_activities_length": 0,
    "reminders_interval": 0,
    "event_hooks": [],
    "webhook_events": [],
    "user_search_disallowed_roles": [],
    "file_upload_config": _UPLOADS,
    "image_upload_config": _UPLOADS,
    "grants": {},
    "enable_hook_payload_compression": False,
}
# Kept for the webhooks, and not in the vendor's answer.
_UNSHOWN = frozenset(["enable_hook_payload_compression"])
# What no server may change.
_FIXED = frozenset(["organization", "suspended", "suspended_explanation", "use_hook_v2", "campaign_enabled"])
_CHOICES = {"permission_version": ("v1", "v2"), "enforce_unique_usernames": ("no", "app", "team")}
# Unlike other settings it is taken away by null.
REVOKED = "revoke_tokens_issued_before"
_LISTS_OF_OBJECTS = frozenset(["event_hooks"])
# A minute: the vendor tells no bound of its own.
_LONGEST_TIMEOUT_MS = 60_000
RULES = Section(
    {
        name: Rule(type(value), one_of=_CHOICES.get(name, ()), address=name == "webhook_url")
        for name, value in _DEFAULTS.items()
        if name not in _FIXED | _LISTS_OF_OBJECTS
    }
)
HOOK = Section(
    {
        "hook_type": Rule(str, required=True, one_of=("webhook", "sqs", "sns", "pending_message")),
        "enabled": Rule(bool),
        "webhook_url": Rule(str, address=True),
        "event_types": Rule(list),
        "timeout_ms": Rule(int, least=0, most=_LONGEST_TIMEOUT_MS),
    }
)


class AppSettings:
    """The settings by the vendor's names; `event_hooks` and `webhook_url` say where webhooks go."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.settings: dict[str, Any] = deepcopy(_DEFAULTS)
        self.revoke_tokens_issued_before: datetime | None = None

    def update(self, given: Json) -> list[str]:
        """Change what `given` names; the names that are passed over. Raises the vendor's input error."""
        check(RULES, given, "")
        grants = mapping(given, "grants") or {}
        for role in grants:
            text_list(grants, role)
        hooks, revoked = mappings(given, "event_hooks"), moment(given, REVOKED)
        for number, hook in enumerate(hooks or []):
            check(HOOK, hook, f"event_hooks[{number}]")
        if REVOKED in given:
            self.revoke_tokens_issued_before = revoked
        if hooks is not None:
            self.settings["event_hooks"] = [self._hook(hook) for hook in hooks]
        for name in RULES.fields.keys() & given.keys():
            if given[name] is not None:
                self.settings[name] = self._merged(name, given[name])
        return sorted(given.keys() - RULES.fields.keys() - _LISTS_OF_OBJECTS - {REVOKED})

    def shown(self) -> dict[str, Any]:
        """The settings that GetApp tells."""
        shown = {name: value for name, value in self.settings.items() if name not in _UNSHOWN}
        revoked = self.revoke_tokens_issued_before
        return shown | ({REVOKED: revoked} if revoked else {})

    def reset(self) -> None:
        """As just started."""
        self.settings = deepcopy(_DEFAULTS)
        self.revoke_tokens_issued_before = None

    def _merged(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any setting
        # Grants change role by role; everything else as a whole.
        if name == "grants":
            return {role: list(held) for role, held in {**self.settings["grants"], **value}.items() if held}
        return deepcopy(value)

    def _hook(self, hook: Mapping[str, Any]) -> dict[str, Any]:
        now = self._source.now()
        fresh = {"id": self._source.new_id(), "enabled": True, "event_types": []}
        kept = {name: value for name, value in hook.items() if value is not None}
        return {**fresh, **deepcopy(kept), "created_at": now, "updated_at": now}
