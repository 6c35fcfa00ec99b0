/** Words of PromQL that stand where a metric could. */
const WORDS = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'and',
  'or',
  'unless',
  'group_left',
  'group_right',
  'bool',
  'offset',
]);

/** The metrics a PromQL expression names. */
export function namedMetrics(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"[^"]*"|'[^']*'/g, '') // Label values.
    .replaceAll(/\{[^}]*\}/g, ' ') // Matchers.
    .replaceAll(/\[[^\]]*\]/g, ' ') // Ranges.
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' '); // Lists of labels.
  const words = [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w*\s*\()/g)].map(([word]) => word);
  return [...new Set(words.filter((word) => !WORDS.has(word) && !isFunction(bare, word)))];
}

function isFunction(expression: string, word: string): boolean {
  return new RegExp(`\\b${word}\\s*\\(`).test(expression);
}

export interface NamedLabel {
  readonly metric: string;
  readonly label: string;
  /** What it is compared with; of a regular expression each alternative. */
  readonly values: readonly string[];
}

/** The labels an expression selects by. */
export function namedLabels(expression: string): readonly NamedLabel[] {
  return [...expression.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label = '', values = '']) => ({
      metric,
      label,
      values: values.split('|'),
    })),
  );
}
