/** What a run of many histories has to have reached, or it has shown nothing about it. */
export const MUST_REACH = {
  // Races, each with one defined winner
  'start-after-tombstone': 'stop × start: the start came after its stop',
  'stopped-before-release': 'stop × start: a stop came while the command was still held',
  'signal-overtook-block': 'the signal was quicker than the block of its own cancellation',
  'answered-already-completed': 'cancel × natural end: the end was first',
  'came-too-late': 'cancel × natural end: between the acceptance and the block',
  'cancelled-in-back-off': 'cancel × retry back-off',
  joined: 'cancel × cancel: the second joins',
  upgraded: 'cancel × cancel: the second is stronger',
  'stop-shortened-mid-kill': 'the grace was cut while the tree was being stopped',
  'two-cancellations-of-one-job': 'cancellations of a job and of its tasks meet',
  'spared-by-cascade': 'a cascade that leaves dependents alone',
  'append-lost-its-race': 'another writer was first, and all was decided again',
  // Outcomes and steps
  'partial-then-completed': 'an interim outcome: something known was left, until it was not',
  'unconfirmed-then-completed': 'an interim outcome: nobody could look, until somebody could',
  undone: 'an undo within its window',
  'undone-after-a-crash': 'a service died between the undo and its end',
  'undo-window-over': 'a window that nobody used',
  'undo-window-ended-by-force': 'a forced request that did not wait for the window',
  'verification-failed': 'the second look found something',
  'survivor-found-by-second-look': 'a runner lied, and the second look saw it',
  standstill: 'nothing moved for longer than anything explains',
  'finalizer-after-cancel': 'finalizers of a cancelled job',
  'finalizer-given-up': 'a finalizer that no runner took',
  'limit-reached': 'a job that was too late',
  'bulk-concluded': 'a bulk that settled all its targets',
  'bulk-joined-a-member': 'a bulk that met a cancellation under way',
  'job-dequeued': 'a waiting job ended by one event',
  // Runners
  'runner-lost': 'a lease ran out at the monitor',
  'lease-lost': 'a lease ran out at the runner, which ended its trees',
  'start-without-contact': 'a start that had waited on the connection while its agent stood still',
  'runner-returned': 'a lost runner was heard again',
  'fenced-then-ended': 'what was fenced was accounted for later',
  'stale-report-noted': 'a report with an older token changed nothing',
  'late-report-noted': 'an attempt given up for lost did report',
  'predecessor-ended': 'an agent ended what the one before it had left',
  'proven-later': 'who slept in the kernel died in the end, and it was told',
  'runner-lied': 'an agent said that a tree was gone which was not',
  'runner-quarantined': 'processes survived SIGKILL',
  'left-its-runner': 'a job whose runner was lost went on elsewhere',
  frozen: 'a tree stood still for an undo window',
  'force-killed': 'the grace was not enough',
  'fork-while-hunted': 'a tree grew while it was being killed',
  'process-left-its-session': 'a process left its session',
  'unkillable-process': 'a process slept in the kernel',
  'orphan-ended': 'a process in nobody’s hand was found at two looks',
  'cleanup-waits-for-proof': 'a cleanup waited until nobody could write any more',
  // Faults
  crash: 'a process died between two effects',
  partition: 'a host was cut off',
  'host-paused': 'a host stood still',
  'clock-jump': 'a clock jumped',
  'store-away': 'the store was away',
  'commit-unknown': 'the answer to a commit was lost',
  'answer-lost': 'a request was carried out and its answer lost',
  'duplicate-delivery': 'an event was handled twice',
  'duplicate-report': 'a report was handled twice',
  redelivery: 'a handler failed and was called again',
  'jetstream-wiped': 'the directory of JetStream was deleted',
  'gap-healed': 'a gap in JetStream was read from the store',
  'relay-refused': 'two relays met, and one was refused',
} as const;

/** Met once in hundreds of histories: asked of long runs alone. */
const RARE: ReadonlySet<string> = new Set([
  'start-after-tombstone',
  'stopped-before-release',
  'signal-overtook-block',
  'stop-shortened-mid-kill',
  'spared-by-cascade',
  'partial-then-completed',
  'unconfirmed-then-completed',
  'undone-after-a-crash',
  'undo-window-ended-by-force',
  'survivor-found-by-second-look',
  'standstill',
  'finalizer-given-up',
  'bulk-joined-a-member',
  'job-dequeued',
  'runner-quarantined',
  'left-its-runner',
  'cleanup-waits-for-proof',
  'orphan-ended',
  'answer-lost',
  'gap-healed',
]);

/** So many histories reach every rare state; fewer may miss one by chance. */
const ENOUGH = 5_000;

/** Names of those that should have been reached by so many histories and were not. */
export function neverReached(reached: ReadonlyMap<string, number>, histories: number): readonly string[] {
  return Object.keys(MUST_REACH).filter(
    (name) => (reached.get(name) ?? 0) === 0 && (histories >= ENOUGH || !RARE.has(name)),
  );
}
