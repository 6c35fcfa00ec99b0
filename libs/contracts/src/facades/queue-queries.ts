import { z } from 'zod';
import { queueItemStatus } from './queue-item.js';

/** `GET …/list`: the order items run in; `cursor` is the last item of the page before. */
export const listItemsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  status: queueItemStatus.optional(),
  cursor: z.coerce.number().int().min(0).optional(),
});
export const itemIdsQuery = z.object({ order_dir: z.enum(['ASC', 'DESC']).default('DESC') });
const destination = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character');
export const destinationQuery = z.object({ destination });
export const destinationParam = destination;
export const listAllQuery = z.object({ destination: destination.optional() });
export const itemsByIdsBody = z.object({ item_ids: z.array(z.int().min(0)).max(1_000) });
/** `PUT …/retry_items_by_id`: the list is the whole body. */
export const retryItemsBody = z.array(z.int().min(0)).max(1_000);
/** `PUT …/cancel_by_batch_ids` */
export const batchIdsBody = z.object({ batch_ids: z.array(z.string().min(1).max(200)).max(100) });
/** Queues are named as in `POST /api/jobs`. */
export const queueId = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'letters, digits, "_", "." and "-", at most 100');

export type ListItems = z.infer<typeof listItemsQuery>;
