"""Supabase Auth: passwords, sessions and users, in the shapes of https://github.com/supabase/auth."""
