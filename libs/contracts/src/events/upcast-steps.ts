/**
 * What turns the data of one version of an event into that of the next: per type, the first step turns version 1 into 2. Pure, and never
 * changed once released. There is one for each version the registry says was there before; a service does not start without it.
 */
export const upcastSteps: Readonly<Record<string, readonly ((data: unknown) => unknown)[]>> = {};
