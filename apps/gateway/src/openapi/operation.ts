import { SetMetadata } from '@nestjs/common';
import type { ErrorCode } from '@necrocode/error-catalog';
import type { z } from 'zod';

export const OPERATION = Symbol('operation');

/** What the API's description says of a route; its method, path and path parameters are taken from the route itself. */
export interface OperationDescription {
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Names of request headers with what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly replies: Readonly<Record<number, Reply>>;
  /** Refusals particular to this route; those every route shares are added. */
  readonly problems?: readonly ErrorCode[];
  /** Needs no token. */
  readonly isPublic?: boolean;
}

/** A JSON body, or other media types with the schema of what one item in them is; null for no body. */
export type Reply = z.ZodType | readonly Media[] | null;

export interface Media {
  readonly type: string;
  readonly schema: z.ZodType;
  readonly description: string;
}

/** Describes a route to the OpenAPI document. A route without it fails the specs. */
export function Operation(description: OperationDescription): MethodDecorator {
  return SetMetadata(OPERATION, description);
}
