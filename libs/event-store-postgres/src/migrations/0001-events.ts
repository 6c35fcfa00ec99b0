/**
 * `data` and `metadata` are json, not jsonb: they hold the canonical text that was hashed, to the byte (docs/adr/0010).
 * `transaction_id` is read by the numbering alone (docs/adr/0011).
 */
export const events = /* sql */ `
create table event_store.events (
  transaction_id xid8 not null default pg_current_xact_id(),
  sequence bigint generated always as identity primary key,
  stream_id text not null,
  stream_version integer not null check (stream_version > 0),
  event_id uuid not null unique,
  type text not null,
  schema_version integer not null check (schema_version > 0),
  data json not null,
  metadata json not null,
  hash bytea not null check (length(hash) = 32),
  previous_hash bytea check (length(previous_hash) = 32),
  recorded_at timestamptz not null default statement_timestamp(),
  unique (stream_id, stream_version),
  check ((stream_version = 1) = (previous_hash is null))
);
create index events_by_transaction on event_store.events (transaction_id, sequence);

create table event_store.positions (
  position bigint primary key,
  sequence bigint not null unique
);

create function event_store.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on event_store.% refused: events are never changed', tg_op, tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end $$;

create trigger refuse_change before update or delete or truncate on event_store.events
  for each statement execute function event_store.refuse_change();
create trigger refuse_change before update or delete or truncate on event_store.positions
  for each statement execute function event_store.refuse_change();
alter table event_store.events enable always trigger refuse_change;
alter table event_store.positions enable always trigger refuse_change;
`;
