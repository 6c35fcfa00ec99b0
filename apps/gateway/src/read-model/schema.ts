import { AddBatches1764000000100 } from './migrations/add-batches.js';
import { HideItems1764000000200 } from './migrations/hide-items.js';
import { CountBuilds1764000000300 } from './migrations/count-builds.js';
import { FilterCancellations1764000000400 } from './migrations/filter-cancellations.js';
import { TellOfBulks1764000000500 } from './migrations/tell-of-bulks.js';
import { NameBulks1764000000700 } from './migrations/name-bulks.js';
import { ShowPausedQueues1764000000600 } from './migrations/show-paused-queues.js';
import { CreateReadModel1764000000000 } from './migrations/create-read-model.js';

/** The gateway's own schema. */
export const readModelDatabase = {
  schema: 'gateway',
  migrations: [
    CreateReadModel1764000000000,
    AddBatches1764000000100,
    HideItems1764000000200,
    CountBuilds1764000000300,
    FilterCancellations1764000000400,
    TellOfBulks1764000000500,
    ShowPausedQueues1764000000600,
    NameBulks1764000000700,
  ],
  readers: 'select name, position from gateway.projection',
} as const;

/**
 * Raise it when rows are built in another way, or the states they hold (of libs/domain) change shape: the new release then
 * builds its rows beside those of the old one, from the first event, and switches (docs/adr/0136).
 */
export const PROJECTION_VERSION = 11;
