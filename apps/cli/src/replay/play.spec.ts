import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent, ReplayFrame } from '@necrocode/contracts';
import { type Moment, momentsOf } from './moments.js';
import { play } from './play.js';

const event = (type: string, ms: number): RecordedEvent => ({
  id: `${type}-${ms}`,
  type,
  stream: 'cancellation-can_1',
  recordedAt: new Date(ms).toISOString(),
  actor: 'user:spec',
  data: {},
});
const frame = (at: number, own: RecordedEvent, meanwhile: RecordedEvent[] = []): ReplayFrame => ({
  at,
  event: own,
  meanwhile,
  // Cast: what is played is not looked into here.
  cancellation: { version: at } as unknown as ReplayFrame['cancellation'],
});
const frames = [
  frame(1, event('A', 1_000)),
  frame(2, event('B', 1_500), [event('x', 1_200)]),
  frame(3, event('C', 3_000)),
];

/** Plays on a clock that only moves by waiting and by what each show takes. */
async function played(speed: number, showTakesMs = 0): Promise<string[]> {
  let clock = 0;
  const shown: string[] = [];
  const wait = (ms: number): Promise<void> => Promise.resolve(void (clock += ms));
  const show = ({ event: { type } }: Moment): void => {
    shown.push(`${type}@${clock}`);
    clock += showTakesMs;
  };
  await play(momentsOf(frames), { speed, wait, show }, () => clock);
  return shown;
}

describe('playing a replay', () => {
  it('shows every event in its order at the pace it happened', async () =>
    expect(await played(1)).toEqual(['A@0', 'x@200', 'B@500', 'C@2000']));
  it('is so many times faster', async () => expect(await played(10)).toEqual(['A@0', 'x@20', 'B@50', 'C@200']));
  it('does not drift by the time that showing takes', async () =>
    expect(await played(1, 300)).toEqual(['A@0', 'x@300', 'B@600', 'C@2000']));
  it('ends where a wait is ended', async () => {
    const shown: string[] = [];
    const wait = (): Promise<void> => Promise.reject(new Error('ended'));
    const playing = play(momentsOf(frames), { speed: 1, wait, show: (moment) => shown.push(moment.event.type) });
    await expect(playing).rejects.toThrow('ended');
    expect(shown).toEqual(['A']);
  });
  it('shows an event of another stream in the state before it', () =>
    expect(momentsOf(frames).map(({ event: { type }, at }) => `${type}${at}`)).toEqual(['A1', 'x1', 'B2', 'C3']));
});
