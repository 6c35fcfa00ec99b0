/**
 * Numbering by snapshot difference (docs/adr/0011). `snapshot` is the one the last numbering saw: everything committed in it is
 * numbered. What a later snapshot sees beyond it is new: its transaction began after (>= xmax) or was still open (in xip).
 * So nothing can be skipped or numbered twice, whatever commits late, and no open transaction holds anybody up.
 *
 * Order inside a stream: version n+1 is only ever inserted by a transaction that saw version n, so wherever n+1 is visible n is too,
 * and n drew its sequence number first. The same holds for any event and the events it was caused by.
 *
 * Transaction ids mean nothing in another cluster: after a restore every event without a position is numbered once, with appends
 * locked out, and from then on only what was appended here, above `base_sequence`, is looked at.
 */
export const numbering = /* sql */ `
create table event_store.numbering (
  singleton boolean primary key default true check (singleton),
  last_position bigint not null,
  snapshot pg_snapshot not null,
  base_sequence bigint not null,
  system_identifier bigint not null
);
insert into event_store.numbering (last_position, snapshot, base_sequence, system_identifier)
  select 0, pg_current_snapshot(), 0, system_identifier from pg_control_system();

create function event_store.newly_committed(seen pg_snapshot, base_sequence bigint) returns setof bigint
language sql stable as $$
  select sequence from event_store.events
    where transaction_id >= pg_snapshot_xmax(seen)
      and transaction_id < pg_snapshot_xmax(pg_current_snapshot())
      and sequence > base_sequence
  union all
  select sequence from event_store.events
    where transaction_id = any (array(select pg_snapshot_xip(seen)))
      and sequence > base_sequence
$$;

create function event_store.rebase_numbering() returns void
language plpgsql as $$
declare
  last_sequence bigint;
  numbered bigint;
begin
  -- Waits for open appends and holds new ones back: afterwards every sequence number up to last_sequence is numbered or void.
  lock table event_store.events in share mode;
  perform from event_store.numbering for update;
  insert into event_store.positions (position, sequence)
    select state.last_position + row_number() over (order by event.sequence), event.sequence
    from event_store.events event, event_store.numbering state
    where not exists (select from event_store.positions numbered where numbered.sequence = event.sequence);
  get diagnostics numbered = row_count;
  select coalesce(max(sequence), 0) into last_sequence from event_store.events;
  -- A restore by hand may have forgotten the sequence.
  perform setval(identity::regclass, greatest(last_sequence, nextval(identity::regclass)))
    from pg_get_serial_sequence('event_store.events', 'sequence') as identity;
  update event_store.numbering set
    last_position = last_position + numbered,
    snapshot = pg_current_snapshot(),
    base_sequence = last_sequence,
    system_identifier = (select control.system_identifier from pg_control_system() as control);
end $$;

create function event_store.number_events() returns bigint
language plpgsql
-- The plan is kept for the session; one made while the table is still small must not scan it when it is large.
set enable_seqscan = off as $$
declare
  state event_store.numbering;
begin
  select * into strict state from event_store.numbering;
  if state.system_identifier <> (select control.system_identifier from pg_control_system() as control)
    or pg_snapshot_xmax(state.snapshot) > pg_snapshot_xmax(pg_current_snapshot()) then
    perform event_store.rebase_numbering();
    select * into strict state from event_store.numbering;
    return state.last_position;
  end if;
  -- Looks before it locks: an idle numbering writes nothing.
  if not exists (select from event_store.newly_committed(state.snapshot, state.base_sequence)) then
    return state.last_position;
  end if;
  select * into strict state from event_store.numbering for update;
  -- One statement, so one snapshot: what is numbered and what is remembered as seen are the same.
  with numbered as (
    insert into event_store.positions (position, sequence)
      select state.last_position + row_number() over (order by sequence), sequence
      from event_store.newly_committed(state.snapshot, state.base_sequence) as fresh (sequence)
    returning 1
  )
  update event_store.numbering set
    last_position = last_position + (select count(*) from numbered),
    snapshot = pg_current_snapshot()
  returning last_position into state.last_position;
  return state.last_position;
end $$;
`;
