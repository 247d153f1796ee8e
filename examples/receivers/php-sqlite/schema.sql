-- The tasks as they are now, and each callback once.
create table callbacks (
    identity    text primary key,          -- so that a copy changes nothing
    task        text,                      -- null where the callback has no id and nothing tells whose it is
    event       text not null,
    received_at text not null default current_timestamp
) without rowid;
create index callbacks_of_task on callbacks (task);

create table tasks (
    id         text primary key,
    state      text check (state in ('ON', 'OFF')),
    turned_at  integer not null default 0, -- ms, the event's own time of the last change of state
    stream     text,
    target     text,
    sources    text,                       -- JSON
    started_at integer,                    -- ms
    exited_at  integer,                    -- ms
    code,                                  -- a number or a text, as it came
    message    text,
    alarms     integer not null default 0
);
create index tasks_of_sources on tasks (sources);

create table files (
    task    text not null,
    place   integer not null,              -- in the list; -1 where it is not told
    url     text not null,                 -- with the place, for a list may have a URL twice
    seconds,
    done    integer not null default 0,
    primary key (task, place, url)
) without rowid;

-- What somebody is to be told. A worker of yours sends these, and deletes them.
create table outbox (
    id   integer primary key,
    task text not null,
    text text not null
);
create index outbox_of_task on outbox (task);

pragma user_version = 1;
