/**
 * Lints texts as if they stood in the named files: reads `[{ file, text, typed }]` from stdin, writes the messages of each to
 * stdout as `[[{ ruleId, message }]]`. For the spec of our lint rules; a process of its own because ESLint does not load inside
 * Jest. Only examples that say `typed` pay for type information, some 300 ms each.
 */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const cases = JSON.parse(await text(process.stdin));
const typed = new ESLint();
const untyped = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });
const results = [];
for (const { file, text: source, typed: needsTypes } of cases) {
  const [result] = await (needsTypes ? typed : untyped).lintText(source, { filePath: file });
  results.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}
process.stdout.write(JSON.stringify(results));
