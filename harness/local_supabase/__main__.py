"""`python -m harness.local_supabase`: the local Supabase as a process of its own."""

from harness.config import LocalSupabaseSettings
from harness.local_supabase.app import create_app
from harness.serving import run

if __name__ == "__main__":
    run(LocalSupabaseSettings, create_app)
