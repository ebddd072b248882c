"""The local Stream as the vendor's Python SDK sees it, sync and async."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from anyio.from_thread import start_blocking_portal
from getstream import AsyncStream
from getstream.exceptions import StreamApiException
from getstream.models import (
    BackstageSettingsRequest,
    CallRequest,
    CallSettingsRequest,
    MemberRequest,
    QueryUsersPayload,
    UserRequest,
)

from tests.unit.local_stream.server import API_KEY, API_SECRET, LocalStream


def test_a_livestream_from_creation_to_its_end(local_stream: LocalStream, host: str) -> None:
    call = local_stream.server.video.call("livestream", str(uuid.uuid4()))
    created = call.get_or_create(data=CallRequest(created_by_id=host, custom={"party": "a"}))
    assert created.data.created is True
    assert (created.data.call.backstage, created.data.call.created_by.id) == (True, host)
    assert created.data.call.custom == {"party": "a"}
    again = call.get_or_create(data=CallRequest(created_by_id=host))
    assert again.data.created is False
    assert again.data.call.created_at == created.data.call.created_at
    assert call.go_live().data.call.backstage is False
    assert call.get().data.call.backstage is False
    assert call.stop_live().data.call.backstage is True
    call.end()
    ended_at = call.get().data.call.ended_at
    assert ended_at is not None
    assert abs(ended_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_same_through_the_async_client(local_stream: LocalStream, host: str) -> None:
    async def story() -> tuple[bool, bool, bool]:
        async with AsyncStream(API_KEY, API_SECRET, base_url=local_stream.base_url) as client:
            call = client.video.call("livestream", str(uuid.uuid4()))
            created = await call.get_or_create(data=CallRequest(created_by_id=host))
            live = await call.go_live()
            await call.end()
            ended = await call.get()
            return created.data.created, live.data.call.backstage, ended.data.call.ended_at is not None

    # In a thread of its own: Playwright's sync API may have a loop in this one.
    with start_blocking_portal() as portal:
        assert portal.call(story) == (True, False, True)


def test_users_are_upserted_and_found(local_stream: LocalStream) -> None:
    user_id = f"user-{uuid.uuid4()}"
    local_stream.server.upsert_users(UserRequest(id=user_id, name="Host", custom={"colour": "red"}))
    local_stream.server.upsert_users(UserRequest(id=user_id, name="Host again"))
    found = local_stream.server.query_users(QueryUsersPayload(filter_conditions={"id": user_id})).data.users
    assert [(user.name, user.role, user.custom) for user in found] == [
        ("Host again", "user", {"colour": "red"})
    ]


def test_update_changes_custom_start_and_settings(local_stream: LocalStream, call_id: str) -> None:
    call = local_stream.server.video.call("livestream", call_id)
    starts_at = datetime.now(UTC) + timedelta(hours=1)
    call.update(
        custom={"title": "A party"},
        starts_at=starts_at,
        settings_override=CallSettingsRequest(
            backstage=BackstageSettingsRequest(join_ahead_time_seconds=300)
        ),
    )
    seen = call.get().data.call
    assert seen.custom == {"title": "A party"}
    assert seen.starts_at is not None
    assert abs(seen.starts_at - starts_at) < timedelta(milliseconds=1)
    assert seen.join_ahead_time_seconds == 300
    assert seen.settings.backstage.enabled is True


def test_members_come_with_their_roles(local_stream: LocalStream, host: str, viewer: str) -> None:
    call = local_stream.server.video.call("livestream", str(uuid.uuid4()))
    members = [MemberRequest(user_id=host, role="host"), MemberRequest(user_id=viewer)]
    answer = call.get_or_create(data=CallRequest(created_by_id=host, members=members))
    assert {member.user_id: member.role for member in answer.data.members} == {host: "host", viewer: None}
    query = local_stream.server.video.query_call_members
    found = query(id=call.id, type=call.call_type, filter_conditions={"role": "host"}).data.members
    assert [member.user_id for member in found] == [host]


def test_query_finds_calls_by_cid(local_stream: LocalStream, host: str, call_id: str) -> None:
    other = local_stream.new_call(host)
    cids = [f"livestream:{call_id}", f"livestream:{other}"]
    answer = local_stream.server.video.query_calls(filter_conditions={"cid": {"$in": cids}}, limit=1)
    assert [state.call.cid for state in answer.data.calls] == cids[:1]
    rest = local_stream.server.video.query_calls(
        filter_conditions={"cid": {"$in": cids}}, limit=1, next=answer.data.next
    )
    assert [state.call.cid for state in rest.data.calls] == cids[1:]
    assert rest.data.next is None


def test_errors_arrive_as_the_sdk_raises_them(local_stream: LocalStream) -> None:
    with pytest.raises(StreamApiException) as raised:
        local_stream.server.video.call("livestream", "nowhere").get()
    assert (raised.value.status_code, raised.value.code) == (404, 16)
    assert raised.value.message == 'GetCall failed with error: "Can\'t find call with id livestream:nowhere"'
    assert raised.value.api_error is not None
    assert raised.value.rate_limit_info is not None


def test_unknown_members_are_refused_and_nothing_is_made(local_stream: LocalStream, host: str) -> None:
    call = local_stream.server.video.call("livestream", str(uuid.uuid4()))
    with pytest.raises(StreamApiException, match=r"the provided users \[nobody\] don't exist") as raised:
        call.get_or_create(data=CallRequest(created_by_id=host, members=[MemberRequest(user_id="nobody")]))
    assert raised.value.code == 4
    with pytest.raises(StreamApiException, match="Can't find call"):
        call.get()


def test_an_unknown_creator_is_made(local_stream: LocalStream) -> None:
    creator = f"user-{uuid.uuid4()}"
    local_stream.server.video.call("livestream", str(uuid.uuid4())).get_or_create(
        data=CallRequest(created_by_id=creator)
    )
    found = local_stream.server.query_users(QueryUsersPayload(filter_conditions={"id": creator})).data.users
    assert [user.id for user in found] == [creator]


def test_rate_limits_count_down(local_stream: LocalStream) -> None:
    first, second = (local_stream.server.get_app().rate_limit() for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.limit == second.limit
    assert second.reset > first.reset or second.remaining == first.remaining - 1
