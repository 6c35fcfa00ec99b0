export { openUnkillable, type Unkillable } from './unkillable.js';
export { hostileCommand, type HostileRole, hostileToken } from './hostile-command.js';
export { livingProcesses } from './living-processes.js';
