import { Inject, Injectable } from '@nestjs/common';
import { CodedError, DATABASE } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';
import { Projector } from './projector.js';

/** The rows that readers read. */
@Injectable()
export class LiveRows {
  constructor(
    @Inject(DATABASE) private readonly database: DataSource,
    private readonly projector: Projector,
  ) {}

  /** @throws {CodedError} `read-model-rebuilding` while the rows are of another release: their shape is not the one known here */
  async query<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    if (this.projector.isForeign) throw new CodedError('read-model-rebuilding');
    return this.database.query<Row[]>(sql, values);
  }
}
