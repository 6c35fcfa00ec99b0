import eslint from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier/flat';
import tseslint from 'typescript-eslint';
import { productionBoundaries, specBoundaries } from './tools/lint/boundaries.mjs';
import { exemptions } from './tools/lint/exemptions.mjs';
import { pureCode, withoutNodeModules, withoutPackages } from './tools/lint/purity.mjs';
import { pureSyntax, syntaxSpecsDoWithout, syntaxWeDoWithout } from './tools/lint/syntax.mjs';

const readonlyGlobals = Object.fromEntries(
  [
    'Buffer',
    'URL',
    'clearInterval',
    'clearTimeout',
    'console',
    'fetch',
    'performance',
    'process',
    'setInterval',
    'setTimeout',
  ].map((name) => [name, 'readonly']),
);

// The boundary rule reads a cached project graph and skips itself, with a warning only, when there is none or it is stale.
await createProjectGraphAsync({ exitOnError: true });

/** Code that runs under Jest only. A port's contract suite lives with the port and is run by its adapters' specs. */
const SPECS = [
  '**/*.spec.ts',
  '**/*.spec-support.ts',
  '**/src/{spec,testing}/**/*.ts',
  'libs/event-store/src/contract/**/*.ts',
  'libs/testing/**/*.ts',
  'apps/system-e2e/**/*.ts',
];

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', '.nx/', '**/.necrocode/', 'coverage/', 'bench/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': productionBoundaries,
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': ['error', ...syntaxWeDoWithout],
      eqeqeq: 'error',
      ...exemptions,
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: SPECS,
    rules: {
      ...pureCode,
      'no-restricted-imports': withoutNodeModules,
      'no-restricted-syntax': ['error', ...syntaxWeDoWithout, ...pureSyntax],
    },
  },
  {
    files: ['libs/event-store/src/**/*.ts'],
    ignores: SPECS,
    rules: { 'no-restricted-imports': withoutPackages },
  },
  {
    files: SPECS,
    rules: {
      '@nx/enforce-module-boundaries': specBoundaries,
      'no-restricted-syntax': ['error', ...syntaxWeDoWithout, ...syntaxSpecsDoWithout],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: readonlyGlobals },
  },
  prettier,
);
