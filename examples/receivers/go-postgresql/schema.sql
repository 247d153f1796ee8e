-- Run at each start. The lock keeps two receivers that start at once from making the same table.
select pg_advisory_xact_lock(314);

create table if not exists callbacks ( -- each distinct callback once
    identity    bytea       primary key,
    task_id     text        not null, -- '' where nothing tells whose it is
    event       text        not null,
    msg         text        not null, -- as it was sent
    received_at timestamptz not null default now()
);
create index if not exists callbacks_of_task on callbacks (task_id);

create table if not exists relays (
    task_id      text   primary key,
    state        text   not null default 'announced' check (state in ('announced', 'relaying', 'stopped')),
    turned_at    bigint not null default 0, -- ms, of the event that gave the state; 0 is unknown
    stream_id    text   not null default '',
    to_url       text   not null default '',
    source_urls  text[] not null default '{}',
    started_at   bigint, -- ms
    stopped_at   bigint, -- ms
    exit_code    text,   -- a number in the samples, text in the tables
    exit_message text
);
create index if not exists relays_of_sources on relays using hash (source_urls);

create table if not exists files (
    task_id  text    not null references relays,
    place    bigint  not null,
    url      text    not null,
    seconds  bigint  not null,
    finished boolean not null
);
-- A list may have a URL at two places. An index takes no text as long as a URL may be, hence its hash.
create unique index if not exists file_of_task on files (task_id, place, md5(url));

create table if not exists notices ( -- an outbox: what is still to be told to somebody, written with its cause
    id      bigint generated always as identity primary key,
    cause   bytea not null unique references callbacks,
    task_id text  not null,
    text    text  not null
);
create index if not exists notices_of_task on notices (task_id);
