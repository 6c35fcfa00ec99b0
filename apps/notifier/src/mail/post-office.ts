import { createTransport, type Transporter } from 'nodemailer';
import type { MailText } from './digest.js';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const PATIENCE_MS = 15_000;

/**
 * Hands mails to an SMTP server: `smtp://user:password@host:587`, `smtps://…:465`. A password is sent over TLS only, unless the server is
 * on this machine.
 */
export class PostOffice {
  readonly #transport: Transporter;

  constructor(
    url: string,
    private readonly from: string,
    private readonly to: readonly string[],
  ) {
    const { hostname, username } = new URL(url);
    this.#transport = createTransport({
      url,
      requireTLS: username !== '' && !LOOPBACK.has(hostname),
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      // What is sent is made here: nothing of it may name a file or a URL to be read.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Resolves when the server has taken it. @throws {NotSent} */
  async send({ subject, text }: MailText): Promise<void> {
    try {
      await this.#transport.sendMail({ from: this.from, to: [...this.to], subject, text });
    } catch (error) {
      throw new NotSent(codeOf(error));
    }
  }
}

/** The library's own errors quote the dialogue with the server, names and addresses in it: only its code goes on. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  constructor(readonly code: string) {
    super(`the mail server did not take it (${code})`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
