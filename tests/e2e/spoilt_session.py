"""A session whose signature is damaged where the page keeps it: the page cannot know, the server does."""

from __future__ import annotations

from playwright.sync_api import Page

from harness.errors import NotGiven

SPOIL = """(told) => {
  const isOne = (name) => (told ? name === told : /^sb-.*-auth-token$/.test(name));
  const key = Object.keys(localStorage).find(isOne);
  try {
    const session = JSON.parse(localStorage.getItem(key));
    const [header, claims, signature] = session.access_token.split(".");
    session.access_token = [header, claims, signature.split("").reverse().join("")].join(".");
    localStorage.setItem(key, JSON.stringify(session));
    return true;
  } catch {
    return false; // kept in another place, or in another way
  }
}"""


def spoil_session(page: Page, storage_key: str | None) -> None:
    """Raises NotGiven when the page does not keep its session as supabase-js does."""
    if not page.evaluate(SPOIL, storage_key):
        kept = storage_key or "sb-<project>-auth-token"
        raise NotGiven(f"needs a session that is kept as supabase-js keeps it, in localStorage as {kept}")
