import { colours, type Terminal } from '../terminal/terminal.js';

/** What the demo promises, checked one by one; any broken one makes it fail and say which. */
export class Promises {
  private readonly broken: string[] = [];

  constructor(private readonly terminal: Terminal) {}

  check(promise: string, kept: boolean, seen: string): void {
    const mark = kept ? colours.green('✓') : colours.red('✗');
    this.terminal.data(`  ${mark} ${promise}${seen === '' ? '' : colours.dim(`  (${seen})`)}`);
    if (!kept) this.broken.push(`${promise} (${seen})`);
  }

  get allKept(): boolean {
    return this.broken.length === 0;
  }

  brokenOnes(): readonly string[] {
    return this.broken;
  }
}
