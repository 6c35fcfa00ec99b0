import { runUntilSignalled } from '@necrocode/service-kit/process';
import { startRunner } from './start-runner.js';

runUntilSignalled('runner', () => startRunner(process.env));
