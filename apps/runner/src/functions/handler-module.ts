import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { listCommand } from '@necrocode/client/function-process';
import { BadConfiguration } from '@necrocode/service-kit/process';
import { z } from 'zod';

/** The module of a worker, and what is in it. */
export interface HandlerModule {
  /** Absolute path. */
  readonly module: string;
  readonly names: readonly string[];
}

/** A module that takes longer to load than this is taken for one that never will. */
const LOADED_WITHIN_MS = 30_000;

/**
 * Asks a process of its own: the agent loads nobody's code.
 * @throws {BadConfiguration} when the module cannot be loaded or lists no functions
 */
export async function listHandlers(module: string): Promise<HandlerModule> {
  const [program = '', ...args] = listCommand(module);
  const { PATH, HOME } = process.env;
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: LOADED_WITHIN_MS, env: { PATH, HOME } });
    return { module, names: z.array(z.string()).min(1).parse(JSON.parse(stdout)) };
  } catch (cause) {
    throw new BadConfiguration(`RUNNER_HANDLERS: ${module} cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

/** One line: the error among what the process wrote, else what we know of its end. */
function reasonOf(cause: unknown): string {
  const written = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
  const said = written.split('\n').find((line) => /^\w*Error\b/.test(line));
  return said ?? (cause instanceof z.ZodError ? 'it lists no functions' : 'it did not say what it has');
}
