import type { ExecutionFile, ExecutionFiles } from './execution-file.js';

/** The file of one execution in hand: what changes is changed there, the rest stays. */
export class FileInHand {
  constructor(
    private current: ExecutionFile,
    private readonly files: Pick<ExecutionFiles, 'write'>,
  ) {}

  get content(): ExecutionFile {
    return this.current;
  }

  change(changes: Partial<ExecutionFile>): void {
    this.current = { ...this.current, ...changes };
    this.files.write(this.current);
  }
}
