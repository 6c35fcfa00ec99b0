/** Who relays. A row, not a session lock: it survives connection poolers, and it ends by time when its holder is stopped or cut off. */
export const relayLease = /* sql */ `
create table event_store.relay_lease (
  singleton boolean primary key default true check (singleton),
  holder text,
  epoch bigint not null,
  expires_at timestamptz not null
);
insert into event_store.relay_lease (epoch, expires_at) values (0, '-infinity');
`;
