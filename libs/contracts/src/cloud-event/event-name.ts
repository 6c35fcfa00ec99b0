/** `JobCancellationRequested` → `job-cancellation-requested`; what is kebab-case already stays as it is. */
function kebab(type: string): string {
  return type
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** An event's name within its aggregate: `CancellationCompleted` of a cancellation is `completed`, `TaskStarted` of a job is `task-started`. */
export function eventName(aggregate: string, type: string): string {
  const name = kebab(type);
  const prefix = `${aggregate}-`;
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : name;
}
