export { eventually, type Budget } from './eventually.js';
export { fakeClock, type FakeClock } from './fake-clock.js';
export { tempDirectory, type TempDirectory } from './temp-directory.js';
export { createTestDatabase, type DatabaseTemplate, type TestDatabase } from './test-database.js';
export { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.js';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
export { startTestNats } from './test-nats.js';
export { testDatabaseUrl, testNatsUrl } from './test-servers.js';
