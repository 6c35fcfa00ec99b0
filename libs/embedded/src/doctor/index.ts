export type { Check } from './check.js';
export { examineMachine, type MachineQuestions } from './examine-machine.js';
