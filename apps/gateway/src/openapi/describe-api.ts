import { detailError, type Problem, problemSchema } from '@necrocode/contracts';
import { catalogEntry, type ErrorCode } from '@necrocode/error-catalog';
import type { z } from 'zod';
import { isFacade } from '../facade/is-facade.js';
import { type JsonSchema, JsonSchemas } from './json-schemas.js';
import type { Route } from './list-routes.js';
import type { Media, OperationDescription, Reply } from './operation.js';

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly JsonSchema[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: JsonSchema;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, DescribedReply>>;
  readonly [more: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface DescribedReply {
  readonly description: string;
  readonly [more: string]: unknown;
}

/** What any call that needs a token may be answered. */
const SHARED: readonly ErrorCode[] = ['unauthenticated', 'store-unavailable', 'messaging-unavailable', 'internal'];

const DESCRIPTION =
  'Runs jobs and, above all, ends them: a cancellation is `cancelled` only with a certificate. ' +
  'Errors are `application/problem+json` with `code`, `message`, `hint` and `retryable`. Times are RFC 3339 UTC.';

/** The OpenAPI 3.1 document of the routes there are, from the contracts that parse and build what they carry. */
export function describeApi(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = new JsonSchemas();
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const route of routes) {
    if (!route.operation) continue;
    paths[route.path] = { ...paths[route.path], [route.method]: describe(route, route.operation, schemas) };
  }
  const securitySchemes = { token: { type: 'http', scheme: 'bearer' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Necrocode', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: schemas.components, securitySchemes },
  };
}

function describe(
  { operationId, tag, path }: Route,
  operation: OperationDescription,
  schemas: JsonSchemas,
): DescribedOperation {
  const { summary, description, body, replies, problems = [], isPublic = false } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isPublic ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(operation, schemas), ...headerParameters(operation)],
    ...(body ? { requestBody: { content: { 'application/json': { schema: schemas.of(body, 'input') } } } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(replies).map(([status, reply]) => [status, describeReply(reply, schemas)])),
      ...describeProblems([...problems, ...(isPublic ? [] : SHARED)], path, schemas),
    },
  };
}

function pathParameters(path: string): readonly Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: OperationDescription, schemas: JsonSchemas): readonly Parameter[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query' as const,
    required: false,
    // Cast: a shape of zod's holds zod types; its own type is the core's.
    schema: schemas.of(schema as z.ZodType, 'input'),
  }));
}

function headerParameters({ headers = {} }: OperationDescription): readonly Parameter[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header' as const,
    required: false,
    description,
    schema: { type: 'string' },
  }));
}

function describeReply(reply: Reply, schemas: JsonSchemas): DescribedReply {
  if (reply === null) return { description: 'No content.' };
  if (!isMedia(reply)) {
    return { description: 'Done.', content: { 'application/json': { schema: schemas.of(reply, 'output') } } };
  }
  const content = reply.map(({ type, schema }) => [type, { schema: schemas.of(schema, 'output') }] as const);
  return { description: reply.map(({ description }) => description).join(' '), content: Object.fromEntries(content) };
}

function isMedia(reply: z.ZodType | readonly Media[]): reply is readonly Media[] {
  return Array.isArray(reply);
}

/** One answer for each status, naming its codes. */
function describeProblems(
  codes: readonly ErrorCode[],
  path: string,
  schemas: JsonSchemas,
): Record<string, DescribedReply> {
  const byStatus = new Map<Problem['status'], ErrorCode[]>();
  for (const code of codes) {
    const status = isFacade(path) && catalogEntry(code).status === 400 ? 422 : catalogEntry(code).status;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = isFacade(path)
    ? { 'application/json': { schema: schemas.of(detailError, 'output') } }
    : { 'application/problem+json': { schema: schemas.of(problemSchema, 'output') } };
  return Object.fromEntries(
    [...byStatus].map(([status, known]) => [
      status,
      { description: known.map((code) => `\`${code}\``).join(', '), content },
    ]),
  );
}
