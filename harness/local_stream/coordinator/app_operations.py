"""The app's own settings, as a server reads them. Nothing can be changed: chat does not exist here."""

from __future__ import annotations

from harness.local_stream.coordinator.call_types import CallType
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation

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
_PUSH = {
    "offline_only": False,
    "version": "v2",
    "apn": {"development": False, "enabled": False},
    "firebase": {"enabled": False},
    "huawei": {"enabled": False},
    "xiaomi": {"enabled": False},
    "providers": [],
}


async def get_app(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """AppResponseFields."""
    del ask
    app: dict[str, object] = {
        **dict.fromkeys(_OFF, False),
        **dict.fromkeys(_EMPTY, ""),
        "id": 1,
        "name": "Local Stream",
        "placement": "local",
        "permission_version": "v2",
        "enforce_unique_usernames": "no",
        "cdn_expiration_seconds": 0,
        "max_aggregated_activities_length": 0,
        "reminders_interval": 0,
        "call_types": {
            each.name: _call_type(number, each) for number, each in enumerate(coordinator.call_types, 1)
        },
        "channel_configs": {},
        "event_hooks": [],
        "file_upload_config": _UPLOADS,
        "image_upload_config": _UPLOADS,
        "grants": {},
        "policies": {},
        "push_notifications": _PUSH,
        "user_search_disallowed_roles": [],
        "webhook_events": [],
    }
    return {"app": app}


def _call_type(number: int, call_type: CallType) -> dict[str, object]:
    # No `settings`: this list has them in a form of its own, which no SDK reads.
    return {
        "app": 1,
        "id": number,
        "name": call_type.name,
        "recording_external_storage": call_type.external_storage,
        "created_at": call_type.created_at,
        "updated_at": call_type.updated_at,
    }


OPERATIONS = [Operation("GetApp", "GET", "/app", get_app, area="common", access="server")]
