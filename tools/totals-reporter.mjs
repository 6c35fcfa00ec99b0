/** Ends a Jest run with `N passed, N failed` alone on a line. A spec file that could not run, or leaked, is one failure. */
export default class TotalsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
  }
}
