/**
 * Module hooks that let plain Node run this repository's TypeScript from src, without a build: `@necrocode/*` resolves to
 * src, `./x.js` to `./x.ts`, and swc strips the types. For tools that run outside Jest; products run from dist.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const options = JSON.parse(await readFile(new URL('../.swcrc', import.meta.url), 'utf8'));

export async function resolve(specifier, context, next) {
  const ours = { ...context, conditions: [...context.conditions, '@necrocode/source'] };
  const fromTypeScript = context.parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier);
  return next(fromTypeScript ? specifier.replace(/\.js$/, '.ts') : specifier, ours);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    ...options,
    swcrc: false,
    filename,
    sourceMaps: 'inline',
  });
  return { format: 'module', shortCircuit: true, source: code };
}
