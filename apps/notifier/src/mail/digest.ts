import { type Notice, NOTICE_KINDS, type NoticeKind } from './notice-of.js';

/** Lines of one kind a mail has; further ones are counted. */
const LINES = 20;

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** What has failed since the last mail: however much it is, it is one mail, of bounded length. */
export class Digest {
  readonly #kinds = new Map<NoticeKind, { count: number; readonly first: Notice[] }>();

  add(notice: Notice): void {
    const kind = this.#kinds.get(notice.kind) ?? { count: 0, first: [] };
    this.#kinds.set(notice.kind, kind);
    kind.count += 1;
    if (kind.first.length < LINES) kind.first.push(notice);
  }

  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  write(): MailText {
    const parts = [...this.#kinds].map(([kind, { count, first }]) => {
      const { one, many } = NOTICE_KINDS[kind];
      const title = `${count} ${count === 1 ? one : many}`;
      const lines = first.map(({ what, at }) => `  ${at}  ${what}`);
      const more = count > first.length ? [`  and ${count - first.length} more`] : [];
      return { title, text: [title, ...lines, ...more].join('\n') };
    });
    return {
      subject: `[Necrocode] ${parts.map(({ title }) => title).join(', ')}`,
      text: `${parts.map(({ text }) => text).join('\n\n')}\n\n${FOOTER}\n`,
    };
  }
}

const FOOTER =
  'What was left is driven on; some of it may be done by now. Look with `necrocode cancellation show ID`,\n' +
  '`necrocode runner list` and `necrocode webhook list`.';
