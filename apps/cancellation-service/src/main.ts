import { runService } from '@necrocode/service-kit';
import { cancellationServiceConfig } from './cancellation-service.config.js';
import { CancellationServiceModule } from './cancellation-service.module.js';
import { OpenCancellations1 } from './migrations/1-open-cancellations.js';
import { SCHEMA } from './saga/schema.js';

runService({
  name: 'cancellation-service',
  config: cancellationServiceConfig,
  database: { schema: SCHEMA, migrations: [OpenCancellations1] },
  module: CancellationServiceModule,
});
