import type { CompanionStatement } from '@necrocode/event-store';

/**
 * Several statements as one, for one round trip. They see the same snapshot and run in no order of theirs, so no two may touch
 * one row. Null when there are none.
 */
export function asOneStatement(statements: readonly CompanionStatement[]): CompanionStatement | null {
  const [first, ...others] = statements;
  if (!first || others.length === 0) return first ?? null;
  const parts: string[] = [];
  const values: unknown[] = [];
  for (const [index, statement] of statements.entries()) {
    const before = values.length;
    const text = statement.text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + before}`);
    parts.push(`part${index} as (${text})`);
    values.push(...statement.values);
  }
  return { text: `with ${parts.join(', ')} select`, values };
}
