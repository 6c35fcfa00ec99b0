import { fail, ok, warn, type Check } from './check.js';

/** @param version as in `process.versions.node`, such as `20.19.0` */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough
    ? ok('Node.js', version)
    : fail('Node.js', `${version} is too old`, 'Install Node.js 20.19 or newer: https://nodejs.org');
}

export function checkPlatform(platform: NodeJS.Platform, arch: string): Check {
  const name = 'platform';
  const found = `${platform} ${arch}`;
  if (platform !== 'linux') {
    return warn(
      name,
      `${found}: trees are ended by process group only, and the certificate says so`,
      'Run the runner on Linux for proof by the kernel.',
    );
  }
  if (arch === 'x64') return ok(name, found);
  return warn(
    name,
    `${found}: not every server comes from npm for it`,
    'Put nats-server on PATH, or set NATS_URL and DATABASE_URL to running servers.',
  );
}
