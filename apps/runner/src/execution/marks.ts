/** Names the execution that a process belongs to, in its environment: what escapees are known by. */
export const MARKER = 'NECROCODE_EXECUTION_ID';

/** Names the runner that started it: who may end it when nobody has it in hand. */
export const OWNER = 'NECROCODE_RUNNER_ID';
