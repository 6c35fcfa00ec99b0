import { runService } from '@necrocode/service-kit';
import { artifactCleanerConfig } from './artifact-cleaner.config.js';
import { ArtifactCleanerModule, DURABLE } from './artifact-cleaner.module.js';
import { Drive1 } from './migrations/1-drive.js';
import { observe } from './record-story/observe.js';
import { SCHEMA } from './schema.js';

runService({
  name: 'artifact-cleaner',
  config: artifactCleanerConfig,
  database: { schema: SCHEMA, migrations: [Drive1] },
  consumers: [DURABLE],
  observe,
  module: ArtifactCleanerModule,
});
