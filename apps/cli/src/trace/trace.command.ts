import type { OtlpTrace } from '@necrocode/contracts';
import { Command } from 'commander';
import { connect } from '../connection/connect.js';
import { findCancellationId } from '../connection/find-id.js';
import { formatOption, type Format } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { collectorOf } from './collector.js';
import { sendTrace } from './send-trace.js';
import { showTrace } from './show-trace.js';
import { spansOf, type TracedSpan } from './spans-of.js';

interface Options {
  readonly output: Format;
  readonly json?: true;
  readonly send?: true;
  readonly endpoint?: string;
}

export function traceCommand(terminal: Terminal): Command {
  return new Command('trace')
    .description('its trace, rebuilt from its events: every step, execution and signal with how long it took')
    .argument('<cancellation-id>', 'an id, the beginning of one, or @last')
    .option('--send', 'export it over OTLP/HTTP to the collector of OTEL_EXPORTER_OTLP_ENDPOINT')
    .option('--endpoint <url>', 'the collector to send it to, for example http://127.0.0.1:4318; implies --send')
    .option('--json', 'OTLP/JSON, the same as -o json')
    .addOption(formatOption())
    .action(async (typed: string, { output, json, send, endpoint }: Options) => {
      const client = await connect();
      const id = await findCancellationId(client, typed);
      const trace = await client.cancellationTrace(id);
      const spans = spansOf(trace);
      terminal.data(textOf(json ? 'json' : output, trace, spans, terminal.width));
      if (spans.length === 0) terminal.say('No span of it has ended yet.');
      if (send !== true && endpoint === undefined) return;
      const collector = collectorOf(endpoint, process.env);
      await sendTrace(trace, collector);
      terminal.say(`Sent ${spans.length} spans to ${collector.url}`);
    });
}

function textOf(format: Format, trace: OtlpTrace, spans: readonly TracedSpan[], width: number): string {
  switch (format) {
    case 'json':
      return JSON.stringify(trace, null, 2);
    case 'ndjson':
      return JSON.stringify(trace);
    case 'id':
      return spans[0]?.traceId ?? '';
    case 'text':
      return showTrace(spans, width);
    default:
      return format satisfies never;
  }
}
