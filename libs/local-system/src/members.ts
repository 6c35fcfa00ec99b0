import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedError } from '@necrocode/embedded';

/** The processes of a system, in the order they start; they end in the opposite order. */
export const SERVICES = [
  'dispatcher',
  'runner-monitor',
  'cancellation-service',
  'artifact-cleaner',
  'notifier',
  'gateway',
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The built entry of an app of this workspace. @throws EmbeddedError `binary-missing` when it has not been built */
export function entryOf(app: ServiceName | 'runner'): string {
  const manifest = fileURLToPath(import.meta.resolve(`@necrocode/${app}/package.json`));
  const entry = join(dirname(manifest), 'dist', 'main.js');
  if (existsSync(entry)) return entry;
  throw new EmbeddedError(
    'binary-missing',
    `The ${app} has not been built: ${entry} is missing.`,
    'Run `npm run build` first.',
  );
}
