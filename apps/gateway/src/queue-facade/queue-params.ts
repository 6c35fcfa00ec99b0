import { Param } from '@nestjs/common';
import { destinationParam, queueId } from '@necrocode/contracts';
import { CodedError } from '@necrocode/service-kit';

/** A queue's name in the path, in InvokeAI's calls `{queue_id}`. @throws {CodedError} `validation-failed` */
export function QueueId(name = 'queue_id'): ParameterDecorator {
  return Param(name, {
    transform: (value: unknown) => {
      const parsed = queueId.safeParse(value);
      if (!parsed.success) throw unfit(name, parsed.error.issues[0]?.message ?? 'is no name of a queue');
      return parsed.data;
    },
  });
}

/** `{item_id}` of the path. @throws {CodedError} `validation-failed` */
export function ItemId(): ParameterDecorator {
  return Param('item_id', {
    transform: (value: unknown) => {
      if (!/^\d{1,15}$/.test(String(value))) throw unfit('item_id', 'Input should be a valid integer');
      return Number(value);
    },
  });
}

/** `{destination}` of the path. @throws {CodedError} `validation-failed` */
export function Destination(): ParameterDecorator {
  return Param('destination', {
    transform: (value: unknown) => {
      const parsed = destinationParam.safeParse(value);
      if (!parsed.success) throw unfit('destination', parsed.error.issues[0]?.message ?? 'is no destination');
      return parsed.data;
    },
  });
}

function unfit(name: string, message: string): CodedError {
  return new CodedError('validation-failed', {}, { fields: [{ path: `path.${name}`, message }] });
}
