import { spawnSync } from 'node:child_process';

/**
 * The argv prefix that makes the kernel send `signal` to the command when its parent dies, even by SIGKILL
 * (prctl PR_SET_PDEATHSIG, through util-linux `setpriv`, which every Debian and Fedora carries); empty where `setpriv`
 * cannot do it. A record on disk covers the rest: see process-record.ts.
 *
 * The kernel watches the parent's *thread*: start processes from the main thread only. It forgets the wish when the
 * uid changes, so this prefix stands after one that changes it.
 */
export function deathTie(signal: NodeJS.Signals): readonly string[] {
  setprivTies ??= spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0;
  return setprivTies ? ['setpriv', '--pdeathsig', signal.replace(/^SIG/, ''), '--'] : [];
}

let setprivTies: boolean | undefined;
