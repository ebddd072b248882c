-- What a Supabase project has before its owner adds a table: the roles that the API takes on, and the schema of Auth.
-- Roles belong to the whole cluster: in a PostgreSQL that is not ours they may exist already and are then left alone;
-- the comment marks those that are ours to remove.

do $$
declare
    api_role text;
begin
    foreach api_role in array array['anon', 'authenticated', 'service_role'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = api_role) then
            execute format('create role %I nologin noinherit', api_role);
            if api_role = 'service_role' then
                execute format('alter role %I bypassrls', api_role);
            end if;
            execute format('comment on role %I is %L', api_role, 'made by harness.local_supabase');
        end if;
    end loop;
end
$$;

grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;

create schema auth;
grant usage on schema auth to anon, authenticated, service_role;

create table auth.users (
    id uuid primary key default gen_random_uuid(),
    aud text not null default 'authenticated',
    role text not null default 'authenticated',
    email text unique,
    phone text unique,
    encrypted_password text,
    email_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb not null default '{}',
    raw_user_meta_data jsonb not null default '{}',
    is_anonymous boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table auth.identities (
    id uuid primary key default gen_random_uuid(),
    provider_id text not null,
    user_id uuid not null references auth.users on delete cascade,
    identity_data jsonb not null,
    provider text not null,
    last_sign_in_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider_id, provider)
);
create index on auth.identities (user_id);

create table auth.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    created_at timestamptz not null default now(),
    refreshed_at timestamptz
);
create index on auth.sessions (user_id);

create table auth.refresh_tokens (
    id bigint generated always as identity primary key,
    token text not null unique,
    parent text,
    revoked boolean not null default false,
    session_id uuid not null references auth.sessions on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index on auth.refresh_tokens (session_id);

create function auth.jwt() returns jsonb language sql stable as $$
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;

create function auth.uid() returns uuid language sql stable as $$
    select (auth.jwt() ->> 'sub')::uuid
$$;

create function auth.role() returns text language sql stable as $$
    select auth.jwt() ->> 'role'
$$;

create function auth.email() returns text language sql stable as $$
    select auth.jwt() ->> 'email'
$$;
