import type { StoreClient } from '../../store/store-client.js';
import type { Life } from '../../world/life.js';
import type { Site } from '../site.js';
import type { JobStreams } from './job-streams.js';

export const ACTOR = 'service:dispatcher';

/** What each behaviour of the dispatcher works with. */
export interface DispatcherParts {
  readonly life: Life;
  readonly site: Site;
  readonly store: StoreClient;
  readonly streams: JobStreams;
  /** There may be something to assign. */
  readonly wake: () => void;
}
