/** URL of the run's PostgreSQL, with user and password, naming its `postgres` database. */
export function testDatabaseUrl(): string {
  return required('NECROCODE_TEST_DATABASE_URL');
}

/** URL of the run's nats-server, `nats://user:password@127.0.0.1:port`. Every spec file shares it: name streams and subjects apart, or use `startTestNats`. */
export function testNatsUrl(): string {
  return required('NECROCODE_TEST_NATS_URL');
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: only *.int.spec.ts and *.e2e.spec.ts get servers`);
}
