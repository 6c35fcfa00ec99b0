import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { endianness } from 'node:os';

/** The few calls Node has no word for. All of them return at once. */
export interface Libc {
  /** A handle on a process that can never come to mean another one; undefined: no such process, or an old kernel. */
  pidfdOpen(pid: number): number | undefined;
  /** 0 or the errno. Signal 0 only asks. */
  pidfdSendSignal(pidfd: number, signal: number): number;
  close(fd: number): void;
  /** From now on orphaned descendants of this process come home to it instead of to PID 1. */
  becomeSubreaper(): boolean;
  /** Collects one dead child, by pid: libuv's own children are never taken from it. */
  reap(pid: number): boolean;
  /** A real pipe, close-on-exec. Node's own 'pipe' is a socket, which /dev/stdout cannot be opened on. */
  pipe(): { read: number; write: number } | undefined;
}

const PR_SET_CHILD_SUBREAPER = 36;
const O_CLOEXEC = 0o2000000;
const WNOHANG = 1;
// Both numbers are the same on every Linux architecture (they came after the tables were unified).
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;

let loaded: { libc: Libc | undefined } | undefined;

/** undefined where there is no Linux, or koffi ships no prebuilt binary: then the weaker ways are used, and said. */
export function libc(): Libc | undefined {
  loaded ??= { libc: process.platform === 'linux' && endianness() === 'LE' ? load() : undefined };
  return loaded.libc;
}

function load(): Libc | undefined {
  try {
    return bind(createRequire(import.meta.url)('koffi') as typeof import('koffi'));
  } catch {
    return undefined;
  }
}

function bind(koffi: typeof import('koffi')): Libc {
  const library = koffi.load(null);
  const syscall = library.func('long syscall(long number, ...)');
  const prctl = library.func('int prctl(int option, ...)');
  const waitpid = library.func('int waitpid(int pid, _Out_ int *status, int options)');
  const pipe2 = library.func('int pipe2(_Out_ int *fds, int flags)');
  const close = library.func('int close(int fd)');
  return {
    pidfdOpen(pid) {
      const fd = Number(syscall(SYS_PIDFD_OPEN, 'int', pid, 'uint', 0));
      return fd < 0 ? undefined : fd;
    },
    pidfdSendSignal(pidfd, signal) {
      const result = Number(syscall(SYS_PIDFD_SEND_SIGNAL, 'int', pidfd, 'int', signal, 'void *', null, 'uint', 0));
      return result < 0 ? koffi.errno() : 0;
    },
    close: (fd) => void close(fd),
    becomeSubreaper: () => prctl(PR_SET_CHILD_SUBREAPER, 'ulong', 1, 'ulong', 0, 'ulong', 0, 'ulong', 0) === 0,
    reap: (pid) => waitpid(pid, [0], WNOHANG) === pid,
    pipe() {
      const fds = Buffer.alloc(8);
      if (pipe2(fds, O_CLOEXEC) !== 0) return undefined;
      return { read: fds.readInt32LE(0), write: fds.readInt32LE(4) };
    },
  };
}

export const errno = constants.errno;
