import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { eventRegistry } from '@necrocode/contracts';
import { fetchWhole, startTestGateway, type TestGateway } from '../spec/test-gateway.js';
import type { AsyncApiDocument } from './describe-events.js';

/** Of the parser's severities: it also warns and hints. */
const MISTAKE = 0;
let gateway: TestGateway;
let text: string;
let document: AsyncApiDocument;

beforeAll(async () => {
  gateway = await startTestGateway();
  text = await (await fetchWhole(`${gateway.url}/api/asyncapi.json`)).text();
  document = JSON.parse(text) as AsyncApiDocument;
}, 60_000);
afterAll(() => gateway.close());

describe('the AsyncAPI document', () => {
  it("is valid AsyncAPI 3 to AsyncAPI's own parser", async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(text);
    expect(diagnostics).not.toContainEqual(expect.objectContaining({ severity: MISTAKE }));
    expect(parsed?.version()).toBe('3.0.0');
    expect(parsed?.messages().length).toBe(eventRegistry.length);
  });

  it('has every event there is, in the channel of its aggregate', () => {
    for (const { aggregate, type, name } of eventRegistry) {
      const channel = JSON.stringify(document.channels[aggregate]);
      expect(channel).toContain(`"#/components/messages/${type}"`);
      expect(channel).toContain(`"${name}"`);
    }
  });

  it('refers to nothing that is not there, and leaves no schema unused', () => {
    const named = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });
});
