/**
 * Whole streams leave the store for an archive, and only so (docs/adr/0139). What guards them is data, not who asks: an event can
 * be deleted when a tombstone says where its stream is, and a tombstone is taken when it says what the stream's last event is.
 * `positions` are those of the archived events, so that the numbering stays verifiable.
 */
export const archives = /* sql */ `
create table event_store.archives (
  number integer primary key check (number > 0),
  manifest_hash bytea not null unique check (length(manifest_hash) = 32),
  streams integer not null,
  events integer not null,
  positions int8multirange not null,
  archived_at timestamptz not null default now()
);
create table event_store.archived_streams (
  stream_id text primary key,
  archive integer not null references event_store.archives,
  last_version integer not null check (last_version > 0),
  last_hash bytea not null check (length(last_hash) = 32)
);
create index archived_streams_by_archive on event_store.archived_streams (archive, stream_id);

create function event_store.check_tombstone() returns trigger language plpgsql as $$
begin
  if not exists (select from event_store.events event where event.stream_id = new.stream_id
      and event.stream_version = new.last_version and event.hash = new.last_hash)
    or exists (select from event_store.events event where event.stream_id = new.stream_id
      and event.stream_version > new.last_version) then
    raise exception 'stream % is not what archive % holds', new.stream_id, new.archive using errcode = 'NCA02';
  end if;
  return new;
end $$;

create function event_store.refuse_unarchived() returns trigger language plpgsql as $$
begin
  if exists (select from gone left join event_store.archived_streams tombstone using (stream_id)
      where tombstone.last_version is null or tombstone.last_version < gone.stream_version)
    or exists (select from gone join event_store.events left_behind using (stream_id)) then
    raise exception '% on event_store.% refused: events are never changed', tg_op, tg_table_name
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return null;
end $$;

create function event_store.refuse_unarchived_positions() returns trigger language plpgsql as $$
begin
  if exists (select from gone where exists (select from event_store.events event where event.sequence = gone.sequence)
      or not exists (select from event_store.archives archive where archive.positions @> gone.position)) then
    raise exception '% on event_store.% refused: events are never changed', tg_op, tg_table_name
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return null;
end $$;

create function event_store.refuse_archived() returns trigger language plpgsql as $$
declare
  archive integer;
begin
  select tombstone.archive into archive from event_store.archived_streams tombstone where tombstone.stream_id = new.stream_id;
  if found then
    raise exception 'stream % is in archive %', new.stream_id, archive
      using errcode = 'NCA01', detail = json_build_object('streamId', new.stream_id, 'archive', archive);
  end if;
  return new;
end $$;

drop trigger refuse_change on event_store.events;
drop trigger refuse_change on event_store.positions;
create trigger refuse_change before update or truncate on event_store.events
  for each statement execute function event_store.refuse_change();
create trigger refuse_change before update or truncate on event_store.positions
  for each statement execute function event_store.refuse_change();
create trigger refuse_change before update or delete or truncate on event_store.archives
  for each statement execute function event_store.refuse_change();
create trigger refuse_change before update or delete or truncate on event_store.archived_streams
  for each statement execute function event_store.refuse_change();
create trigger refuse_unarchived after delete on event_store.events referencing old table as gone
  for each statement execute function event_store.refuse_unarchived();
create trigger refuse_unarchived after delete on event_store.positions referencing old table as gone
  for each statement execute function event_store.refuse_unarchived_positions();
create trigger check_tombstone before insert on event_store.archived_streams
  for each row execute function event_store.check_tombstone();
-- Only where a stream begins: one that goes on is compared with its last event, which an archived one has no more.
create trigger refuse_archived before insert on event_store.events
  for each row when (new.stream_version = 1) execute function event_store.refuse_archived();
alter table event_store.events enable always trigger refuse_change;
alter table event_store.events enable always trigger refuse_unarchived;
alter table event_store.positions enable always trigger refuse_change;
alter table event_store.positions enable always trigger refuse_unarchived;
alter table event_store.archives enable always trigger refuse_change;
alter table event_store.archived_streams enable always trigger refuse_change;

-- Whoever reads the store in order says how far in a view of this name in a schema of its own.
create function event_store.readers() returns table (reader text, "position" bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  place text;
begin
  for place in select namespace.nspname from pg_class class join pg_namespace namespace on namespace.oid = class.relnamespace
    where class.relname = 'event_readers' and class.relkind = 'v'
  loop
    return query execute format('select %L || reader, position from %I.event_readers', place || '.', place);
  end loop;
end $$;

create function event_store.archive_streams(
  archive integer, manifest_hash bytea, previous_hash bytea, streams text[], versions integer[], hashes bytea[]
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken int8multirange;
  sequences bigint[];
  newest bigint;
  behind record;
begin
  -- Waits for open appends and holds new ones and other archives back: no stream grows while it is looked at.
  lock table event_store.events in share row exclusive mode;
  if archive is distinct from (select coalesce(max(known.number), 0) + 1 from event_store.archives known)
    or previous_hash is distinct from
      (select known.manifest_hash from event_store.archives known order by known.number desc limit 1) then
    raise exception 'archive % does not follow the last one', archive using errcode = 'NCA03';
  end if;
  select range_agg(int8range(numbered.position, numbered.position, '[]')), array_agg(event.sequence), max(numbered.position)
    into taken, sequences, newest
    from event_store.events event join event_store.positions numbered using (sequence)
    where event.stream_id = any (streams);
  if coalesce(cardinality(sequences), 0) <> (select coalesce(sum(version), -1) from unnest(versions) version) then
    raise exception 'archive % does not hold what the streams hold', archive using errcode = 'NCA02';
  end if;
  select place.reader, place.position into behind from event_store.readers() place order by place.position limit 1;
  if behind.position < newest then
    raise exception 'reader % has not passed the events yet', behind.reader using errcode = 'NCA04', detail = behind.reader;
  end if;
  -- The stream on NATS is told to be ours by its newest event.
  if newest >= (select state.last_position from event_store.numbering state) then
    raise exception 'the newest event stays' using errcode = 'NCA04', detail = 'the newest event';
  end if;
  insert into event_store.archives (number, manifest_hash, streams, events, positions)
    values (archive, archive_streams.manifest_hash, cardinality(archive_streams.streams), cardinality(sequences), taken);
  insert into event_store.archived_streams (stream_id, archive, last_version, last_hash)
    select given.stream_id, archive_streams.archive, given.version, given.hash
    from unnest(archive_streams.streams, versions, hashes) as given (stream_id, version, hash);
  delete from event_store.events event where event.stream_id = any (archive_streams.streams);
  delete from event_store.positions numbered where numbered.sequence = any (sequences);
  return cardinality(sequences);
end $$;
revoke execute on function event_store.archive_streams(integer, bytea, bytea, text[], integer[], bytea[]) from public;
revoke execute on function event_store.readers() from public;
`;
