import { colours } from '../terminal/terminal.js';
import type { Moment } from './moments.js';

/** Short enough that the whole line fits eighty columns: a line that wraps could not be taken away. */
const BAR = 12;

/** Where the playing is: `▶ 4×  +1.250s  event 17 of 42  stopping  ████░░░░  6 of 10 steps`. Pure. */
export function statusLine({ afterMs, at, cancellation }: Moment, last: number, speed: number): string {
  const [word, done, all, unit] =
    'kind' in cancellation
      ? [
          cancellation.status,
          cancellation.targets.planned - cancellation.targets.pending,
          cancellation.targets.planned,
          'jobs',
        ]
      : [cancellation.word, cancellation.progress.stepsCompleted, cancellation.progress.stepsTotal, 'steps'];
  const filled = all === 0 ? BAR : Math.round((BAR * done) / all);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const where = `${speed}×  +${(afterMs / 1_000).toFixed(3)}s  event ${at} of ${last}`;
  return `${colours.cyan('▶')} ${where}  ${word}  ${bar}  ${done} of ${all} ${unit}`;
}
