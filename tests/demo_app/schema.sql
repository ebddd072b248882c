-- The rooms of the demo app: other names than the reference's, and no trigger that makes members.
create table public.members (
    member uuid primary key references auth.users on delete cascade,
    nickname text not null
);

create table public.rooms (
    room uuid primary key default gen_random_uuid(),
    owner uuid not null references public.members on delete cascade,
    topic text not null,
    kind text not null,
    on_air boolean not null default false,
    stream_call text
);

grant all on public.members, public.rooms to service_role;
alter table public.members enable row level security;
alter table public.rooms enable row level security;
