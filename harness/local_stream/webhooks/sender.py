"""One attempt of a delivery: signed as the vendor signs, posted, and what the receiver said."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from harness.local_stream.coordinator.source import Source
from harness.local_stream.fault_rule import Rule
from harness.local_stream.faults import Faults
from harness.local_stream.journal import Journal
from harness.local_stream.webhooks.delivery import Attempt, Delivery

GARBAGE = b"<html><body>502 Bad Gateway</body></html>"
MOST_CONNECTIONS = 50


class Sender:
    """Posts; `timeout` is in seconds, for receivers that have none of their own."""

    def __init__(
        self, key: str, secret: str, timeout: float, source: Source, journal: Journal, faults: Faults
    ) -> None:
        self._key, self._secret, self._timeout = key, secret, timeout
        self._source, self._journal, self._faults = source, journal, faults
        # Receivers are where the person said: no proxy of the environment, no redirect elsewhere.
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS)
        # And each is asked without the cookies that another one set.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._http = httpx.AsyncClient(trust_env=False, limits=limits, cookies=no_cookies)

    async def attempt(self, delivery: Delivery, number: int, *, within: float) -> Attempt:
        """Try once, for so many seconds at most; `number` counts from 1."""
        rule = self._faults.bite("webhooks", delivery.event, call_cid=delivery.call_cid)
        if rule:
            await asyncio.sleep(rule.delay_ms / 1000)
        made = await self._post(delivery, number, rule, within)
        if rule and rule.duplicate:
            made = await self._post(delivery, number, rule, within)
        self._journal.record(
            "webhook",
            delivery.event,
            method="POST",
            path=delivery.hook.shown,
            status=made.status,
            call_cid=delivery.call_cid,
            webhook_id=delivery.id,
            attempt=number,
        )
        return made

    async def close(self) -> None:
        """Stop for good."""
        await self._http.aclose()

    async def _post(self, delivery: Delivery, number: int, rule: Rule | None, within: float) -> Attempt:
        now = self._source.seconds()
        if rule and rule.drop:
            return Attempt(now, error="network error")
        given = delivery.hook.timeout_ms
        limit = min(within, self._timeout if given is None else given / 1000)
        content, headers = self._request(delivery, number, rule)
        try:
            async with asyncio.timeout(limit):  # for all of it; the client's own is for each step
                # The status says it all: the rest of the answer is not read, however long it is.
                async with self._http.stream(
                    "POST", delivery.hook.url, content=content, headers=headers, timeout=limit
                ) as answer:
                    return Attempt(now, answer.status_code)
        except (TimeoutError, httpx.TimeoutException):
            return Attempt(now, error="timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return Attempt(now, error="network error")

    def _request(self, delivery: Delivery, number: int, rule: Rule | None) -> tuple[bytes, dict[str, str]]:
        body = GARBAGE if rule and rule.garbage else delivery.body
        secret = "another secret" if rule and rule.bad_signature else self._secret
        headers = {
            "content-type": "application/json",
            "x-api-key": self._key,
            # Over the body before it is compressed.
            "x-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
            "x-webhook-id": delivery.id,
            "x-webhook-attempt": str(number),
        }
        if delivery.hook.gzip:
            return gzip.compress(body), headers | {"content-encoding": "gzip"}
        return body, headers
