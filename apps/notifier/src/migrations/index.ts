import { Webhooks1 } from './1-webhooks.js';
import { Mail1 } from './2-mail.js';

export const migrations = [Webhooks1, Mail1] as const;
