import { Inject, Injectable } from '@nestjs/common';
import type { ProjectionResource } from '@necrocode/contracts';
import type { EventStore } from '@necrocode/event-store';
import { DATABASE, EVENT_STORE } from '@necrocode/service-kit';
import type { DataSource } from 'typeorm';

interface Row {
  readonly name: string;
  readonly version: number;
  readonly build: number;
  readonly since: string;
  readonly position: string;
  readonly next_build: number | null;
  readonly next_position: string | null;
}

/** How far the gateway's read models are, and what is being built beside them. */
@Injectable()
export class Projections {
  constructor(
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  async list(): Promise<readonly ProjectionResource[]> {
    const rows = await this.database.query<Row[]>(
      `select live.name, live.version, live.build, live.position,
         to_char(live.since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since,
         next.build as next_build, next.position as next_position
       from gateway.projection live left join gateway.projection next on next.name = live.name || '-next'
       where live.name not like '%-next' order by live.name`,
    );
    // After the rows: so nothing is ever ahead.
    const last = await this.store.lastPosition();
    const behind = (position: string): number => Number(last - BigInt(position));
    return rows.map(({ next_build, next_position, ...row }) => ({
      ...row,
      behind: behind(row.position),
      rebuild:
        next_build === null || next_position === null
          ? null
          : { build: next_build, position: next_position, behind: behind(next_position) },
    }));
  }
}
