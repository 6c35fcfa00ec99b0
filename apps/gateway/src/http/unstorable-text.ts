import type { FieldFault } from '@necrocode/service-kit';

const ESCAPED = /\\u(?:0000|d[89a-f])/i;

/**
 * Texts of a JSON body that no UTF-8 database text can hold: NUL characters and lone surrogates. Only a \u escape can bring
 * them, so a body without one is not walked.
 */
export function findUnstorableText(raw: string, value: unknown): readonly FieldFault[] {
  return ESCAPED.test(raw) ? [...walk(value, [])] : [];
}

function* walk(value: unknown, path: readonly string[]): Generator<FieldFault> {
  if (typeof value === 'string') {
    if (isUnstorable(value)) yield { path: path.join('.'), message: 'must hold no NUL and no lone surrogate' };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (isUnstorable(name))
        yield { path: path.join('.'), message: 'must have no name with a NUL or a lone surrogate' };
      else yield* walk(member, [...path, name]);
    }
  }
}

function isUnstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text);
}
