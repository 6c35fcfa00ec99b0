export { eventStoreContract, type StoreUnderTest } from './event-store-contract.js';
export { anEvent, appendOf, freshStream, someEvents } from './events.js';
export { upcasterContract } from './upcaster-contract.js';
