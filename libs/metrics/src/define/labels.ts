/**
 * The labels of a metric, each with every value it can have. What users choose (queues, labels, names) and what grows
 * (ids) cannot be listed, so it cannot become a label: the number of series is known when the code is written.
 */
export type Labels = Readonly<Record<string, readonly string[]>>;

export type LabelValues<Of extends Labels> = { readonly [Name in keyof Of]: Of[Name][number] };

/** Every combination of the labels' values; one empty one where there are no labels. */
export function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (known, [name, values]) => known.flatMap((some) => values.map((value) => ({ ...some, [name]: value }))),
    [{}],
  );
}
