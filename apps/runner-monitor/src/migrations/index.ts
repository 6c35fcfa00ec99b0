import { RunnersAndExecutions1 } from './1-runners-and-executions.js';
import { Workspaces2 } from './2-workspaces.js';

/** Oldest first. */
export const migrations = [RunnersAndExecutions1, Workspaces2] as const;
