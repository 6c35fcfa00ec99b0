import { writeSync } from 'node:fs';

/** Ends a Jest run with `N passed, N failed` alone on its last line. A spec file that could not run, or leaked, is one failure. */
export default class TotalsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const totals = `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed\n`;
    // Jest's own summary comes after every reporter of ours.
    process.once('exit', () => writeSync(1, totals));
  }
}
