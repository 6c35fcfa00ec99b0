import { join } from 'node:path';
import {
  defaultRestartPolicy,
  pickPort,
  type ProcessExit,
  type RestartPolicy,
  type SupervisedProcess,
  superviseProcess,
} from '@necrocode/embedded';
import { logDirectory } from './home.js';
import { entryOf, type ServiceName } from './members.js';
import { untilReady } from './until-ready.js';

export interface SystemProgress {
  readonly name: string;
  readonly status: 'starting' | 'up' | 'unhealthy' | 'died' | 'stopping' | 'stopped';
  readonly detail?: string;
}

export interface Member {
  readonly name: string;
  readonly healthUrl: string;
  readonly logFile: string;
  readonly process: SupervisedProcess;
}

export interface MemberDefinition {
  readonly name: string;
  readonly app: ServiceName | 'runner';
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly restart?: RestartPolicy | undefined;
  readonly onProgress: (progress: SystemProgress) => void;
}

export async function startMember({ name, app, home, env, restart, onProgress }: MemberDefinition): Promise<Member> {
  onProgress({ name, status: 'starting' });
  const healthPort = await pickPort();
  const logFile = join(logDirectory(home), `${name}.log`);
  const process = await superviseProcess({
    name,
    command: [globalThis.process.execPath, '--enable-source-maps', entryOf(app)],
    env: {
      ...inherited(),
      ...settingsOf(app),
      ...forApp(app, env),
      HEALTH_PORT: String(healthPort),
    },
    logFile,
    stateFile: join(home, 'processes', `${name}.json`),
    restart: restart ?? { ...defaultRestartPolicy, initialMs: 50 },
    onExit: (exit) => reportDeath(name, exit, onProgress),
  });
  return { name, process, logFile, healthUrl: `http://127.0.0.1:${healthPort}` };
}

/** Each process gets what it needs and no more: the token is the gateway's, the database is not the runner's. */
function forApp(app: ServiceName | 'runner', env: Readonly<Record<string, string>>): Record<string, string> {
  const { GATEWAY_TOKEN, GATEWAY_PORT, DATABASE_URL, SUBSCRIBERS_NATS_URL, ...rest } = env;
  const database = DATABASE_URL === undefined ? {} : { DATABASE_URL };
  const gateway = GATEWAY_TOKEN === undefined || GATEWAY_PORT === undefined ? {} : { GATEWAY_TOKEN, GATEWAY_PORT };
  const keeper = SUBSCRIBERS_NATS_URL === undefined ? {} : { SUBSCRIBERS_NATS_URL };
  if (app === 'runner') return rest;
  if (app === 'notifier') return { ...rest, ...database, ...keeper };
  return app === 'gateway' ? { ...rest, ...database, ...gateway } : { ...rest, ...database };
}

/** What a process needs of the terminal's environment; jobs run with what the runner gives them. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, USER, LANG, LC_ALL, TZ, TMPDIR } = globalThis.process.env;
  // Where traces go is OpenTelemetry's own convention, and what an operator sets for all processes alike.
  const telemetry = Object.entries(globalThis.process.env).filter(([name]) => name.startsWith('OTEL_'));
  return Object.fromEntries(
    [...Object.entries({ PATH, HOME, USER, LANG, LC_ALL, TZ, TMPDIR }), ...telemetry].filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** Of whoever starts the system: who may be told and the mail account, and what may leave the store. Each for the one process it is for. */
const SETTINGS: Partial<Record<ServiceName | 'runner', RegExp>> = {
  notifier: /^(WEBHOOK|MAIL|SUBSCRIBERS)_/,
  gateway: /^ARCHIVE_/,
};

function settingsOf(app: ServiceName | 'runner'): NodeJS.ProcessEnv {
  const names = SETTINGS[app];
  return Object.fromEntries(Object.entries(globalThis.process.env).filter(([name]) => names?.test(name)));
}

export async function memberReady(member: Member, onProgress: (progress: SystemProgress) => void): Promise<void> {
  await untilReady(member);
  onProgress({ name: member.name, status: 'up', detail: `process ${member.process.pid ?? '?'}` });
}

export function reportDeath(name: string, exit: ProcessExit, onProgress: (progress: SystemProgress) => void): void {
  if (exit.restartInMs === undefined) return;
  const cause = exit.signal ?? `exit code ${exit.code ?? '?'}`;
  onProgress({ name, status: 'died', detail: `${cause}; starting again in ${exit.restartInMs} ms` });
}
