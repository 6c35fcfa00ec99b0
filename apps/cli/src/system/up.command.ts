import {
  startSystem,
  findHome,
  logDirectory,
  metricsTargetsFile,
  subscriberUrlFile,
  type SystemProgress,
  tokenFile,
} from '@necrocode/local-system';
import { Command, Option } from 'commander';
import { positiveInteger } from '../terminal/positive-integer.js';
import { colours, paint, type Terminal } from '../terminal/terminal.js';

interface UpOptions {
  readonly port: number;
  readonly runners: number;
  readonly replicas: number;
  readonly natsNodes: '1' | '3' | '5';
  readonly worker?: readonly string[];
}

const DEFAULT_PORT = 4180;

export function upCommand(terminal: Terminal): Command {
  return new Command('up')
    .description('start the whole system on this machine and keep it up; Ctrl-C stops it')
    .option('--port <port>', 'port of the API on 127.0.0.1', positiveInteger, DEFAULT_PORT)
    .option('--runners <n>', 'runners to start', positiveInteger, 1)
    .option('--replicas <n>', 'processes of each service to start', positiveInteger, 1)
    .addOption(
      new Option('--nats-nodes <n>', 'nodes of the embedded NATS, in a cluster with three copies of every stream')
        .choices(['1', '3', '5'])
        .default('1'),
    )
    .option('--worker <file...>', 'modules whose functions tasks may name as their handler')
    .addHelpText(
      'after',
      '\nDATABASE_URL and NATS_URL name servers to use instead of the embedded ones; NECROCODE_HOME says where everything is kept; LOG_LEVEL how much is logged; NATS_REPLICAS how many copies of each stream a NATS of your own keeps.' +
        '\nWEBHOOK_ALLOWED_NETWORKS=127.0.0.1 lets webhooks call this machine.',
    )
    .action(async ({ port, runners, replicas, natsNodes, worker: workers = [] }: UpOptions) => {
      const home = findHome();
      const ended = untilSignalled();
      const system = await startSystem({
        home,
        gatewayPort: port,
        runners,
        replicas,
        natsNodes: Number(natsNodes),
        workers,
        databaseUrl: process.env['DATABASE_URL'],
        natsUrl: process.env['NATS_URL'],
        env: settings('LOG_LEVEL', 'NATS_REPLICAS'),
        onProgress: (progress) => terminal.say(progressLine(progress)),
      });
      terminal.say('');
      terminal.say(`${colours.green('up')}  API ${system.gatewayUrl}/api   docs ${system.gatewayUrl}/api/docs`);
      terminal.say(`    token in ${tokenFile(home)}, logs in ${logDirectory(home)}`);
      terminal.say(`    metrics of every process: ${metricsTargetsFile(home)}, for Prometheus`);
      if (system.subscriberUrl !== undefined) {
        terminal.say(`    events for other systems: NATS URL in ${subscriberUrlFile(home)}`);
      }
      terminal.say('    from another terminal: npx necrocode job submit examples/jobs/hello.json');
      const signal = await ended;
      terminal.say(`\n${signal}: stopping`);
      await system.stop();
    });
}

/** Those of them that are set. */
function settings(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

export function progressLine({ name, status, detail }: SystemProgress): string {
  return `${name.padEnd(22)}${paint(status.padEnd(10))}${colours.dim(detail ?? '')}`;
}

/** Listens from the start: a Ctrl-C while things come up is kept until they can be stopped in order. */
export function untilSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
  });
}
