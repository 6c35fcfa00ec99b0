/** What can be broken on purpose, one at a time, and what that means. Each has to be noticed by the oracle. */
export const MUTANTS = {
  // The deciders
  'ignore-fencing-token': 'a report with an older token ends the execution',
  'reopen-what-is-over': 'a terminal task is ended once more',
  'retry-what-is-cancelled': 'a stopped execution of a cancelled task is retried',
  'assign-what-is-blocked': 'the block is stored, and tasks are assigned all the same',
  'certify-after-one-look': 'one clean look is enough for a certificate',
  'certify-the-unconfirmed': 'a fenced execution counts as gone',
  'weaken-by-joining': 'a second request replaces the options of the first',
  'ignore-an-upgrade': 'a stronger request joins and changes nothing',
  'undo-without-unparking': 'an undone cancellation leaves its tasks parked',
  'free-slot-without-proof': 'a soiled slot is leased to the next',
  // The services
  'append-without-expected-version': 'whoever appends last wins',
  'answer-before-append': 'a cancellation is accepted before it is stored',
  'lose-the-block': 'the plan is drawn up, and nothing was blocked',
  'dispatch-what-is-parked': 'tasks start while an undo window holds them',
  'ack-before-append': 'an event is done with before it was handled',
  'ack-report-before-append': 'a report is done with before it was stored',
  'ignore-gap': 'what is missing in JetStream is not read from the store',
  'relay-without-expected-sequence': 'two relays publish without saying what they follow on',
  'forget-redrive': 'no timer drives a cancellation again',
  'forget-to-thaw': 'an undo says everything goes on, and nobody told the runners',
  'verify-without-looking': 'the second look believes the registry',
  'believe-earlier-ends': 'the second look leaves out what had ended by itself',
  'ignore-held-slots': 'the second look does not count slots',
  'free-slot-before-clean': 'the end of an execution frees its slot',
  'free-the-slot-of-the-fenced': 'a fenced execution gives its slot back',
  'clean-what-may-be-alive': 'a workspace is cleaned before its last process is proven gone',
  'dequeue-what-has-begun': 'a bulk ends jobs that run by an event alone',
  'fence-too-early': 'the monitor gives a runner up before its lease is over',
  'forget-the-fenced': 'nobody tells a returned runner to end what was fenced',
  // The runner
  'drop-tombstone': 'a start after its stop is accepted',
  'forget-refusals': 'a start is accepted whose refusal is still on its way',
  'forget-what-was-started': 'a start that comes twice starts twice',
  'no-last-look': 'a command is released although a stop came meanwhile',
  'never-escalate': 'the grace period ends and nobody is killed',
  'ignore-lost-lease': 'a runner that is cut off lets its trees run',
  'start-without-contact': 'an agent that stood still starts what has waited for it',
  'skip-predecessors': 'an agent that comes up leaves what the one before it started',
  'forget-the-unproven': 'what could not be killed in time is never looked at again',
  'never-look-for-workspaces': 'nobody compares what runners keep with the cleanups that are done',
  'never-sweep': 'who is in nobody’s hand is left alone',
  'kill-by-stored-pid': 'a recorded pid is killed whoever has it now',
  'skip-marker-sweep': 'only the process group is looked for',
  'forget-descendants': 'who left the session and hid its mark is not remembered',
  'prove-in-one-pass': 'one look at the process table is enough',
  // The store
  'lose-an-acknowledged-append': 'an append is acknowledged and gone',
  'change-a-stored-event': 'a stored event reads differently than it was appended',
} as const;

export type MutantName = keyof typeof MUTANTS;

export function isMutant(name: string): name is MutantName {
  return name in MUTANTS;
}
