import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';

interface Example {
  readonly what: string;
  /** An existing file whose text is replaced for the check only: the rules depend on where code stands. */
  readonly file: string;
  readonly text: string;
  /** The rule that must refuse it; none when it is right. */
  readonly refusedBy?: string;
  /** The rule needs type information. */
  readonly typed?: true;
}

interface LintMessage {
  readonly ruleId: string | null;
  readonly message: string;
}

const boundaries = '@nx/enforce-module-boundaries';
const use = (name: string): string => `import * as used from '${name}';\nexport const keys = Object.keys(used);\n`;

const examples: readonly Example[] = [
  // Boundaries: each wrong import once.
  {
    what: 'app → app',
    file: 'apps/dispatcher/src/main.ts',
    text: use('../../gateway/src/main.js'),
    refusedBy: boundaries,
  },
  {
    what: 'domain → adapter',
    file: 'libs/domain/src/index.ts',
    text: use('@necrocode/messaging'),
    refusedBy: boundaries,
  },
  {
    what: 'domain → port',
    file: 'libs/domain/src/index.ts',
    text: use('@necrocode/event-store'),
    refusedBy: boundaries,
  },
  {
    what: 'contract → port',
    file: 'libs/contracts/src/index.ts',
    text: use('@necrocode/event-store'),
    refusedBy: boundaries,
  },
  {
    what: 'port → adapter',
    file: 'libs/event-store/src/index.ts',
    text: use('@necrocode/event-store-postgres'),
    refusedBy: boundaries,
  },
  {
    what: 'adapter → adapter',
    file: 'libs/messaging/src/index.ts',
    text: use('@necrocode/event-store-postgres'),
    refusedBy: boundaries,
  },
  {
    what: 'kit → adapter',
    file: 'libs/process-tree/src/index.ts',
    text: use('@necrocode/messaging'),
    refusedBy: boundaries,
  },
  {
    what: 'production → testing',
    file: 'libs/messaging/src/index.ts',
    text: use('@necrocode/testing'),
    refusedBy: boundaries,
  },
  { what: 'app → testing', file: 'apps/gateway/src/main.ts', text: use('@necrocode/testing'), refusedBy: boundaries },
  {
    what: 'another project past its entry',
    file: 'libs/messaging/src/index.ts',
    text: use('../../event-store/src/index.js'),
    refusedBy: boundaries,
  },
  {
    what: 'adapter → port, contract, domain',
    file: 'libs/messaging/src/index.ts',
    text:
      use('@necrocode/event-store') +
      use('@necrocode/contracts').replaceAll('used', 'contracts').replace('keys', 'more'),
  },
  {
    what: 'spec → testing',
    file: 'libs/embedded/src/postgres/start-postgres.int.spec.ts',
    text: use('@necrocode/testing'),
  },
  { what: 'app → platform', file: 'apps/gateway/src/main.ts', text: use('@necrocode/service-kit') },

  // Purity.
  {
    what: 'the domain on an npm package',
    file: 'libs/domain/src/index.ts',
    text: use('zod'),
    refusedBy: 'no-restricted-imports',
  },
  {
    what: 'the domain on Node',
    file: 'libs/domain/src/index.ts',
    text: use('node:crypto'),
    refusedBy: 'no-restricted-imports',
  },
  {
    what: 'the event-store port on an npm package',
    file: 'libs/event-store/src/index.ts',
    text: use('pg'),
    refusedBy: 'no-restricted-imports',
  },
  { what: 'the event-store port on Node', file: 'libs/event-store/src/index.ts', text: use('node:crypto') },
  {
    what: 'the domain reading the clock',
    file: 'libs/domain/src/index.ts',
    text: 'export const at = Date.now();\n',
    refusedBy: 'no-restricted-properties',
  },
  {
    what: 'the domain making a date of now',
    file: 'libs/domain/src/index.ts',
    text: 'export const at = new Date();\n',
    refusedBy: 'no-restricted-syntax',
  },
  {
    what: 'the domain making a date of a time it was given',
    file: 'libs/domain/src/index.ts',
    text: 'export const at = (ms: number): Date => new Date(ms);\n',
  },
  {
    what: 'the domain rolling dice',
    file: 'libs/domain/src/index.ts',
    text: 'export const at = Math.random();\n',
    refusedBy: 'no-restricted-properties',
  },
  {
    what: 'the domain reading the environment',
    file: 'libs/domain/src/index.ts',
    text: "export const home = process.env['HOME'];\n",
    refusedBy: 'no-restricted-globals',
  },
  {
    what: 'the domain waiting',
    file: 'libs/domain/src/index.ts',
    text: 'export const wait = (f: () => void): unknown => setTimeout(f, 1);\n',
    refusedBy: 'no-restricted-globals',
  },

  // What we do without.
  {
    what: 'any',
    file: 'libs/messaging/src/index.ts',
    text: 'export const x = (value: any): string => String(value);\n',
    refusedBy: '@typescript-eslint/no-explicit-any',
  },
  {
    what: 'a non-null assertion',
    file: 'libs/messaging/src/index.ts',
    text: 'export const x = (value?: string): string => value!;\n',
    refusedBy: '@typescript-eslint/no-non-null-assertion',
  },
  {
    what: 'a floating promise',
    typed: true,
    file: 'libs/messaging/src/index.ts',
    text: 'export const x = (work: () => Promise<void>): void => {\n  work();\n};\n',
    refusedBy: '@typescript-eslint/no-floating-promises',
  },
  {
    what: 'a switch that forgets a case',
    typed: true,
    file: 'libs/messaging/src/index.ts',
    text: "export function x(v: 'a' | 'b'): void {\n  switch (v) {\n    case 'a':\n      return;\n  }\n}\n",
    refusedBy: '@typescript-eslint/switch-exhaustiveness-check',
  },
  {
    what: 'a default export',
    file: 'libs/messaging/src/index.ts',
    text: 'export default 1;\n',
    refusedBy: 'no-restricted-syntax',
  },
  {
    what: 'an enum',
    file: 'libs/messaging/src/index.ts',
    text: 'export enum Colour {\n  Red,\n}\n',
    refusedBy: 'no-restricted-syntax',
  },
  {
    what: 'a type imported as a value',
    file: 'libs/embedded/src/nats/start-nats.ts',
    text: "import { RestartPolicy } from '../process/restart-policy.js';\nexport type Policy = RestartPolicy;\n",
    refusedBy: '@typescript-eslint/consistent-type-imports',
  },
  {
    what: 'a spec left out',
    file: 'libs/embedded/src/postgres/server-settings.spec.ts',
    text: "import { it } from '@jest/globals';\nit.only('x', () => undefined);\n",
    refusedBy: 'no-restricted-syntax',
  },
  {
    what: 'a rule switched off where it refuses nothing',
    file: 'libs/messaging/src/index.ts',
    text: '// eslint-disable-next-line eqeqeq\nexport const x = 1;\n',
    refusedBy: 'unused-disable-directive',
  },
];

let messages: LintMessage[][];

beforeAll(async () => {
  const root = join(import.meta.dirname, '../..');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lint-texts.mjs')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  child.stdin.end(JSON.stringify(examples.map((example) => ({ ...example, file: join(root, example.file) }))));
  const [answer, trouble] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (answer === '') throw new Error(`ESLint did not answer: ${trouble}`);
  messages = JSON.parse(answer) as LintMessage[][]; // Our own script's output.
}, 120_000);

describe('lint', () => {
  it.each(examples.map((example, index) => ({ ...example, index })).filter(({ refusedBy }) => refusedBy !== undefined))(
    'refuses $what',
    ({ index, refusedBy }) => {
      const rules = messages[index]?.map(
        ({ ruleId, message }) =>
          ruleId ?? (message.startsWith('Unused eslint-disable') ? 'unused-disable-directive' : message),
      );
      expect(rules).toContain(refusedBy);
    },
  );

  it.each(examples.map((example, index) => ({ ...example, index })).filter(({ refusedBy }) => refusedBy === undefined))(
    'accepts $what',
    ({ index }) => expect(messages[index]).toEqual([]),
  );
});
