import { createLogger, loadConfig, openPlatform, runUntilSignalled, serveHealth } from '@necrocode/service-kit';
import { createGateway } from './create-gateway.js';
import { gatewayConfig } from './gateway.config.js';
import { readModelDatabase } from './read-model/schema.js';

runUntilSignalled('gateway', async () => {
  const config = loadConfig(gatewayConfig);
  const logger = createLogger('gateway', config.LOG_LEVEL);
  const { platform, checks, close } = await openPlatform('gateway', config, logger, readModelDatabase);
  const app = await createGateway(platform);
  await app.listen(config.GATEWAY_PORT, config.GATEWAY_HOST);
  const health = await serveHealth(config.HEALTH_PORT, 'gateway', checks, platform.metrics.observeProcess());
  logger.info({ healthPort: health.port, url: await app.getUrl() }, 'up');
  return {
    logger,
    close: async () => {
      await health.close();
      await app.close();
      await close();
    },
  };
});
