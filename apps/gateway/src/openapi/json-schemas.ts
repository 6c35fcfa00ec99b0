import { cancellationId, executionId, jobId, runnerId, slotId, taskId, webhookId } from '@necrocode/contracts';
import { z } from 'zod';

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const ID_FORM = '_[0-7][0-9a-hjkmnp-tv-z]{25}$';

/** Ids are checked by code that JSON Schema cannot carry; this is what it checks. */
const IDS: ReadonlyMap<unknown, JsonSchema> = new Map<unknown, JsonSchema>([
  [jobId, { type: 'string', pattern: `^job${ID_FORM}` }],
  [taskId, { type: 'string', pattern: `^task${ID_FORM}` }],
  [executionId, { type: 'string', pattern: `^exe${ID_FORM}` }],
  [runnerId, { type: 'string', pattern: `^run${ID_FORM}` }],
  [cancellationId, { type: 'string', pattern: `^can${ID_FORM}` }],
  [webhookId, { type: 'string', pattern: `^hook${ID_FORM}` }],
  [slotId, { type: 'string', pattern: '^run_[0-9a-z]{26}/[\\w.-]+/\\d+$' }],
]);

/** The components of one document: schemas with a name of their own stand there once. */
export class JsonSchemas {
  readonly #components = new Map<string, JsonSchema>();

  /** @param target the dialect the document's format takes */
  constructor(private readonly target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12') {}

  /** @param io what goes in may leave out what has a default; what comes out has it */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs,
      definitions = $defs,
      ...own
    } = z.toJSONSchema(schema, {
      io,
      target: this.target,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, IDS.get(zodSchema)),
    });
    // Cast: what draft 7 calls definitions has no type in zod; it is a record of schemas like $defs.
    const inner = (definitions ?? {}) as Readonly<Record<string, object>>;
    const named = nameOf(schema);
    for (const [name, definition] of Object.entries(inner)) this.#add(name, definition);
    if (named === undefined) return rebase(own);
    this.#add(named, '$ref' in own ? {} : own);
    return { $ref: `#/components/schemas/${named}` };
  }

  get components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => a.localeCompare(b)));
  }

  #add(name: string, definition: object): void {
    const { id: _id, ...schema } = rebase(definition);
    if (Object.keys(schema).length > 0) this.#components.set(name, schema);
  }
}

function nameOf(schema: z.ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.id;
}

/** zod refers within one schema; here all of them share the document's components. */
function rebase(schema: object): Record<string, unknown> {
  // Cast: text of a JSON object is a JSON object.
  return JSON.parse(
    JSON.stringify(schema).replaceAll(/"#\/(\$defs|definitions)\//g, '"#/components/schemas/'),
  ) as Record<string, unknown>;
}
