import { SCHEMA } from '../schema.js';
import { Webhooks1 } from './1-webhooks.js';
import { Mail1 } from './2-mail.js';

/**
 * An endpoint stands in front of its oldest pending delivery, a disabled one where it stopped: it may be enabled again. Mail that nobody
 * has looked after for a day is turned off.
 */
const readers = `
  select 'webhook ' || id, coalesce(
    (select min(position) - 1 from "${SCHEMA}".delivery where webhook_id = id and status = 'pending'), position)
  from "${SCHEMA}".webhook
  union all select 'mail', position from "${SCHEMA}".mail where held_until > now() - interval '1 day'`;

/** The notifier's own schema. */
export const notifierDatabase = { schema: SCHEMA, migrations: [Webhooks1, Mail1], readers } as const;
