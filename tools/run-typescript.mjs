/** `node --import ./tools/run-typescript.mjs file.ts` runs TypeScript of this repository from src. */
import { register } from 'node:module';

register('./ts-loader.mjs', import.meta.url);
