"""A script as the owner of an app may write one: signs a person in, prints the session as a storage state."""

from __future__ import annotations

import json
import os
import sys

import httpx

KEY = "sb-127-auth-token"  # where supabase-js keeps it, for a project at 127.0.0.1


def main() -> None:
    told, key = os.environ, os.environ["SUPABASE_ANON_KEY"]
    answer = httpx.post(
        f"{told['SUPABASE_URL']}/auth/v1/token",
        params={"grant_type": "password"},
        headers={"apikey": key},
        json={"email": told["HARNESS_EMAIL"], "password": told["HARNESS_PASSWORD"]},
        trust_env=False,
    ).raise_for_status()
    item = {"name": KEY, "value": answer.text}
    state = {"origins": [{"origin": told["HARNESS_ORIGIN"], "localStorage": [item]}]}
    sys.stdout.write(json.dumps(state))


if __name__ == "__main__":
    main()
