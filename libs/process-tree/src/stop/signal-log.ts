import type { Cell } from '../contain/cell.js';
import { keyOf, type ProcessRow } from '../proc/process-row.js';
import { signalProcess } from '../signal/signal-process.js';
import type { SignalEvidence } from './stop-report.js';

/** Sends signals to the processes of one tree, each at most once to each process, and keeps the evidence. */
export class SignalLog {
  readonly evidence: SignalEvidence[] = [];
  readonly #sent = new Map<NodeJS.Signals, Set<string>>();
  readonly #listeners: ((sent: readonly SignalEvidence[]) => void)[] = [];

  constructor(readonly cell: Cell) {}

  listen(listener: (sent: readonly SignalEvidence[]) => void): void {
    this.#listeners.push(listener);
  }

  /** The graceful signal and the SIGCONT that makes it seen, to whoever has not had it. */
  sendGracefully(rows: readonly ProcessRow[], signal: NodeJS.Signals): void {
    const fresh = this.#firstTime(rows, signal);
    if (fresh.length === 0) return;
    const answers = fresh.map((row) => signalProcess(row, [signal, 'SIGCONT'], (current) => this.cell.holds(current)));
    const processes = answers.filter((answer) => answer === 'delivered').length;
    const refused = answers.includes('refused');
    const answer = refused ? 'refused' : processes > 0 ? 'delivered' : 'no-such-process';
    this.#note({ signal, processes, answer }, { signal: 'SIGCONT', processes, answer });
  }

  /** Notes a SIGKILL that went to these; those hit before count only once. */
  noteKilled(rows: readonly ProcessRow[]): void {
    const fresh = this.#firstTime(rows, 'SIGKILL');
    if (fresh.length > 0) this.#note({ signal: 'SIGKILL', processes: fresh.length, answer: 'delivered' });
  }

  #note(...signals: readonly Omit<SignalEvidence, 'at'>[]): void {
    const at = new Date().toISOString();
    const sent = signals.map((signal) => ({ ...signal, at }));
    this.evidence.push(...sent);
    for (const listener of this.#listeners) listener(sent);
  }

  #firstTime(rows: readonly ProcessRow[], signal: NodeJS.Signals): ProcessRow[] {
    const sent = this.#sent.get(signal) ?? new Set<string>();
    this.#sent.set(signal, sent);
    const fresh = rows.filter((row) => !sent.has(keyOf(row)));
    for (const row of fresh) sent.add(keyOf(row));
    return fresh;
  }
}
