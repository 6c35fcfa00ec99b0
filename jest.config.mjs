import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

const shared = {
  rootDir: import.meta.dirname,
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testEnvironment: '<rootDir>/libs/testing/jest/leak-checked-environment.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/tear-down-run.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@necrocode/source', 'node', 'node-addons'] },
  transform: { '\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/', '/\\.necrocode/'],
};

/** @type {import('jest').Config} */
export default {
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  // Also keeps spec files out of Jest's own process: what one leaves behind must not keep the run from ending.
  workerIdleMemoryLimit: '1GB',
  // A bound against hanging, not a measure of speed: a loaded machine may take ten times as long.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      globalSetup: '<rootDir>/libs/testing/jest/set-up-run.mjs',
      testMatch: ['<rootDir>/{libs,apps,tools}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      globalSetup: '<rootDir>/libs/testing/jest/set-up-servers.mjs',
      testMatch: ['<rootDir>/{libs,apps}/**/*.int.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      globalSetup: '<rootDir>/libs/testing/jest/set-up-servers.mjs',
      testMatch: ['<rootDir>/apps/system-e2e/**/*.e2e.spec.ts'],
    },
  ],
};
