"""Tables over HTTP, in the shapes of https://postgrest.org: what PostgREST would say, PostgreSQL decides."""
