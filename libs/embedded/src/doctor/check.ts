/** One thing a machine needs to run Necrocode, as found: a fact, and if it is not as it should be, how to mend it. */
export type Check =
  | { readonly name: string; readonly status: 'ok'; readonly detail: string }
  | {
      readonly name: string;
      /** `warn`: it runs, with less; `fail`: it does not run. */
      readonly status: 'warn' | 'fail';
      readonly detail: string;
      readonly hint: string;
    };

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });
export const warn = (name: string, detail: string, hint: string): Check => ({ name, status: 'warn', detail, hint });
export const fail = (name: string, detail: string, hint: string): Check => ({ name, status: 'fail', detail, hint });
