"""Supabase on this machine: sign-in and tables over a real PostgreSQL, whose policies decide.

Two doors, as on a hosted project: `/auth/v1/...` answers as Supabase Auth does, `/rest/v1/...` as PostgREST
does. Only the endpoints that a listening party needs are here; any other answers 501 and names itself.
"""
