import { aggregateNames, cloudEventSchema, type EventDefinition, eventRegistry, owners } from '@necrocode/contracts';
import { type JsonSchema, JsonSchemas } from '../openapi/json-schemas.js';

export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, JsonSchema>>;
  readonly operations: Readonly<Record<string, JsonSchema>>;
  readonly components: {
    readonly messages: Readonly<Record<string, JsonSchema>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

const CONTENT_TYPE = 'application/cloudevents+json';

const DESCRIPTION =
  'Every event of the house, as a CloudEvent 1.0 in structured mode: on NATS (stream NECROCODE_EVENTS), in the event streams of the REST API, ' +
  'and in webhooks. At least once, in order; new fields and new events may come at any time. What is promised is in docs/events.md.';

/** The AsyncAPI 3 document of all events, from the registry that validates them. */
export function describeEvents(version: string): AsyncApiDocument {
  // AsyncAPI's own schemas are JSON Schema draft 7.
  const schemas = new JsonSchemas('draft-7');
  schemas.of(cloudEventSchema, 'input');
  return {
    asyncapi: '3.0.0',
    info: { title: 'Necrocode events', version, description: DESCRIPTION },
    defaultContentType: CONTENT_TYPE,
    channels: Object.fromEntries(aggregateNames.map((aggregate) => [aggregate, channelOf(aggregate)])),
    operations: Object.fromEntries(
      aggregateNames.map((aggregate) => [
        `publish-${aggregate}-events`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${aggregate}` },
          summary: `Events of a ${aggregate}, appended by ${owners[aggregate]}`,
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(eventRegistry.map((event) => [event.type, messageOf(event, schemas)])),
      schemas: schemas.components,
    },
  };
}

function channelOf(aggregate: (typeof aggregateNames)[number]): JsonSchema {
  const events = eventRegistry.filter((event) => event.aggregate === aggregate);
  return {
    address: `necrocode.events.${aggregate}.{id}.{event}`,
    parameters: {
      id: { description: `Of the ${aggregate}; percent-encoded where a subject's token could not hold it.` },
      event: { enum: events.map(({ name }) => name) },
    },
    messages: Object.fromEntries(events.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
  };
}

function messageOf({ aggregate, type, name, schemaVersion, data }: EventDefinition, schemas: JsonSchemas): JsonSchema {
  const ceType = `io.necrocode.${aggregate}.${name}.v${schemaVersion}`;
  return {
    name: ceType,
    title: type,
    contentType: CONTENT_TYPE,
    correlationId: { location: '$message.payload#/correlationid' },
    headers: {
      type: 'object',
      properties: {
        'Nats-Msg-Id': {
          type: 'string',
          description: 'The id of the event: the same one again is the same event again.',
        },
        traceparent: { type: 'string', description: 'W3C trace context of what appended it.' },
      },
    },
    payload: {
      allOf: [
        schemas.of(cloudEventSchema, 'input'),
        {
          type: 'object',
          properties: { type: { const: ceType }, eventtype: { const: type }, data: schemas.of(data, 'input') },
          required: ['data'],
        },
      ],
    },
  };
}
