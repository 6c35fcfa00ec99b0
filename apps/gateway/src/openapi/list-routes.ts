import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { OPERATION, type OperationDescription } from './operation.js';

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it, prefix included: `/api/jobs/{jobId}`. */
  readonly path: string;
  /** `JobController.showJob` → `showJob`. */
  readonly operationId: string;
  /** The folder of the estate it is about: the path's first word. */
  readonly tag: string;
  /** undefined when the route has no description, which a spec refuses. */
  readonly operation: OperationDescription | undefined;
}

/** Routes served at the root, beside the API. */
export const UNPREFIXED = ['healthz', 'readyz', 'metrics'];

/** Every route the application really has, read from the controllers Nest itself reads. */
export function listRoutes(discovery: DiscoveryService, scanner: MetadataScanner): readonly Route[] {
  return discovery.getControllers().flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return [];
    // Cast: a class's prototype is an object of its methods.
    const prototype = metatype.prototype as Readonly<Record<string, unknown>>;
    const base = String(Reflect.getMetadata(PATH_METADATA, metatype) ?? '');
    return scanner.getAllMethodNames(prototype).flatMap((name) => toRoute(base, name, prototype[name]));
  });
}

function toRoute(base: string, operationId: string, handler: unknown): readonly Route[] {
  if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
  const own = String(Reflect.getMetadata(PATH_METADATA, handler) ?? '');
  const bare = [base, own].flatMap((part) => part.split('/')).filter((part) => part !== '');
  const prefixed = bare.length === 1 && UNPREFIXED.includes(bare[0] ?? '') ? bare : ['api', ...bare];
  const path = `/${prefixed.join('/')}`.replace(/:(\w+)/g, '{$1}');
  const method = METHODS.get(Number(Reflect.getMetadata(METHOD_METADATA, handler)));
  if (!method) throw new TypeError(`${path} is served with a method that is not described`);
  // Cast: set by @Operation and by nothing else.
  const operation = Reflect.getMetadata(OPERATION, handler) as OperationDescription | undefined;
  return [{ method, path, operationId, tag: bare[0] ?? '', operation }];
}

const METHODS: ReadonlyMap<number, Route['method']> = new Map([
  [RequestMethod.GET, 'get'],
  [RequestMethod.POST, 'post'],
  [RequestMethod.PUT, 'put'],
  [RequestMethod.PATCH, 'patch'],
  [RequestMethod.DELETE, 'delete'],
]);
