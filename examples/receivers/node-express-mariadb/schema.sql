-- Run at each start. nopad_bin compares to the letter: case, accents and spaces at the end make a difference.

create table if not exists events ( -- each distinct callback once
  id       bigint unsigned not null auto_increment primary key,
  identity binary(32) not null unique,
  task     varchar(255) not null, -- '' where nothing tells whose it is
  name     varchar(255) not null,
  msg      longtext not null,     -- as it was sent
  key of_task (task, name)
) engine = innodb character set utf8mb4 collate utf8mb4_nopad_bin;

create table if not exists tasks (
  task         varchar(255) not null primary key,
  stream       text,
  target       text,
  sources      longtext, -- JSON
  sources_hash binary(32) as (unhex(sha2(sources, 256))) stored,
  live_since   bigint not null default 0, -- ms, of the latest start
  off_since    bigint not null default 0, -- ms, of the latest exit
  started_at   bigint, -- ms, as the start says it
  exited_at    bigint, -- ms, as the exit says it
  exit_code    text,   -- a number in the samples, text in the tables
  exit_message longtext,
  state        varchar(7) as (case when live_since > off_since then 'LIVE' when off_since > 0 then 'OFF' else 'PENDING' end) virtual,
  key of_sources (sources_hash)
) engine = innodb character set utf8mb4 collate utf8mb4_nopad_bin;

create table if not exists files (
  task     varchar(255) not null,
  place    bigint not null, -- a list may have a URL at two places
  url_hash binary(32) as (unhex(sha2(url, 256))) stored,
  url      longtext not null,
  seconds  bigint not null,
  done     boolean not null,
  unique (task, place, url_hash)
) engine = innodb character set utf8mb4 collate utf8mb4_nopad_bin;

create table if not exists outbox ( -- what is still to be told to somebody, written with its cause
  event bigint unsigned not null primary key,
  task  varchar(255) not null,
  text  longtext not null,
  key of_task (task),
  foreign key (event) references events (id)
) engine = innodb character set utf8mb4 collate utf8mb4_nopad_bin;
