/**
 * What is too large for a row is stored as it is: large events are plans, lists of random ids that pglz works on for 10 ms per 200 kB
 * and cannot make smaller (docs/adr/0157).
 */
export const largeEvents = /* sql */ `
alter table event_store.events alter column data set storage external;
`;
