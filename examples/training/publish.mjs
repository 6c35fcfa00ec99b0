// Puts the evaluated checkpoint where others would fetch it: published/model.json, with its digest.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKPOINTS } from './checkpoints.mjs';

const evaluation = JSON.parse(readFileSync(join(import.meta.dirname, 'evaluation.json'), 'utf8'));
const model = readFileSync(join(CHECKPOINTS, evaluation.checkpoint));
const digest = `sha256:${createHash('sha256').update(model).digest('hex')}`;
const directory = join(import.meta.dirname, 'published');
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'model.json'), model);
writeFileSync(join(directory, 'card.json'), `${JSON.stringify({ ...evaluation, digest })}\n`);
console.log(`published ${evaluation.checkpoint} as ${digest}`);
