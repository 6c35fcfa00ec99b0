import { closeSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { outputChunk } from '@necrocode/contracts';
import { idOf } from '@necrocode/service-kit';
import { eventually, tempDirectory } from '@necrocode/testing';
import { identity } from '../testing/runner-bench.js';
import { OutputFiles } from './output-files.js';
import { OutputInHand } from './output-in-hand.js';
import { Output } from './output.js';

const execution = identity(idOf('run', '00000000-0000-7000-8000-000000000001'));
const { executionId } = execution;

let home: Awaited<ReturnType<typeof tempDirectory>>;
let files: OutputFiles;
let write: (text: string) => void;
const opened: number[] = [];

beforeEach(async () => {
  home = await tempDirectory();
  files = new OutputFiles(home.path);
  const { stdout, stderr } = files.open(executionId);
  opened.push(stdout, stderr);
  write = (text) => void writeSync(stdout, text);
});
afterEach(async () => {
  opened.splice(0).forEach(closeSync);
  await home.remove();
});

/** An agent that follows, with a broker that answers when it is told to. */
const follow = () => {
  const sent: { readonly text: string; readonly settle: () => void }[] = [];
  const publishOutput = ({ body }: { readonly body: unknown }) =>
    new Promise<void>((settle) => sent.push({ text: outputChunk.parse(body).text, settle }));
  const inHand = new OutputInHand(executionId, new Output({ publishOutput }, execution, 'a'), files);
  inHand.follow();
  const text = () => sent.map((each) => each.text).join('');
  return { inHand, sent, text, settle: () => sent.forEach(({ settle }) => settle()) };
};
const places = () => readdirSync(join(home.path, 'output')).filter((name) => name.endsWith('.read'));

describe('output that is read behind files', () => {
  it('is read again by the next agent where it was sent and not stored', async () => {
    const killed = follow();
    write('one\n');
    await eventually(() => expect(killed.text()).toBe('one\n'));
    const successor = follow();
    await eventually(() => expect(successor.text()).toBe('one\n'));
    for (const { inHand, settle } of [killed, successor]) {
      settle();
      await inHand.end();
    }
  });

  it('is gone on with by the next agent behind what was stored', async () => {
    const killed = follow();
    write('one\n');
    await eventually(() => expect(killed.text()).toBe('one\n'));
    killed.settle();
    await eventually(() => expect(places()).toHaveLength(1));
    const successor = follow();
    write('two\n');
    await eventually(() => expect(successor.text()).toBe('two\n'));
    for (const { inHand, settle } of [killed, successor]) {
      settle();
      await inHand.end();
    }
  });

  it('leaves nothing in the home, however late the broker answers', async () => {
    const agent = follow();
    write('one\n');
    await eventually(() => expect(agent.text()).toBe('one\n'));
    await agent.inHand.end();
    agent.settle();
    await turn(); // Whatever follows from the answer has happened.
    expect(readdirSync(join(home.path, 'output'))).toEqual([]);
  });
});
