#!/usr/bin/env node
/**
 * `npm test`: unit and integration specs on every core, then whole systems, one after the other, and whole histories in the
 * simulator with the time these leave; one total. With arguments it is Jest: `npm test -- apps/gateway`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, cpus, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { run, runCLI } from 'jest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const HISTORIES = 5_000;

async function runAll() {
  const rounds = [await runSpecs(['unit', 'integration'], cpus().length)];
  const simulation = startSimulation();
  rounds.push(await runSpecs(['e2e'], 1), await simulation);
  const sum = (of) => rounds.reduce((total, round) => total + round[of], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = rounds.every(({ ok }) => ok) ? 0 : 1;
}

async function runSpecs(selectProjects, maxWorkers) {
  const { results } = await runCLI({ selectProjects, maxWorkers, _: [], $0: 'npm test' }, [root]);
  return {
    passed: results.numPassedTests,
    // A spec file that could not run, or leaked, is one failure.
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    ok: results.success && !results.wasInterrupted,
  };
}

/** What it prints is shown when it has ended: one test that passed or failed. */
async function startSimulation() {
  const simulator = join(root, 'apps/simulator/dist/main.js');
  const child = spawn(process.execPath, [simulator, '--seeds', String(HISTORIES), '--workers', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  setPriority(child.pid, constants.priority.PRIORITY_LOW);
  process.once('exit', () => child.kill());
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  process.stdout.write(`\nSimulation: ${printed}`);
  const ok = code === 0;
  return { passed: Number(ok), failed: Number(!ok), ok };
}

const args = process.argv.slice(2);
await (args.length > 0 ? run(args) : runAll());
