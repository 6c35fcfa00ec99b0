import { colours, paint } from './terminal.js';

/**
 * Columns side by side, cut to fit the width: the last column gives way first. Control characters in values (a job's
 * name is a user's text) are made visible, so they cannot move the cursor or change colours.
 */
export function table(headers: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const clean = rows.map((row) => row.map(visible));
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...clean.map((row) => row[column]?.length ?? 0)),
  );
  fit(widths, width);
  const line = (cells: readonly string[], style: (cell: string) => string): string =>
    cells
      .map((cell, column) =>
        style(cut(cell, widths[column] ?? 0).padEnd(column === cells.length - 1 ? 0 : (widths[column] ?? 0))),
      )
      .join('  ')
      .trimEnd();
  return [line(headers, colours.dim), ...clean.map((row) => line(row, paint))].join('\n');
}

const NARROWEST = 6;

function fit(widths: number[], width: number): void {
  const total = (): number => widths.reduce((sum, each) => sum + each + 2, -2);
  for (let column = widths.length - 1; column >= 0 && total() > width; column -= 1) {
    const spare = Math.max(0, (widths[column] ?? 0) - NARROWEST);
    widths[column] = (widths[column] ?? 0) - Math.min(spare, total() - width);
  }
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
