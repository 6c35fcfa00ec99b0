import pg from 'pg';

/** Plain connections to one database, for specs that play writers by hand. All are closed at the end. */
export class Sessions {
  readonly #clients: pg.Client[] = [];

  constructor(private readonly url: string) {}

  async open(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    this.#clients.push(client);
    return client;
  }

  /** A session with a transaction that has its transaction id already. */
  async begin(): Promise<pg.Client> {
    const client = await this.open();
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end().catch(() => undefined)));
  }
}
