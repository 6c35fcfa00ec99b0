import { eventRegistry, upcastSteps } from '@necrocode/contracts';
import { upcastersFor } from './upcasters.js';

/** Those of the events there are: what every reader reads with, and every writer knows the version from. */
export const eventUpcasters = upcastersFor(eventRegistry, upcastSteps);
