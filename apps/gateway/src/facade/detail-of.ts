import type { DetailError, Problem } from '@necrocode/contracts';

export interface DetailAnswer {
  readonly status: number;
  readonly body: DetailError;
}

/** A problem as a server built on FastAPI would say it: faults of a request are 422, each with its place. */
export function detailOf(problem: Problem, method: string): DetailAnswer {
  const { code, hint, message, retryable, fields = [] } = problem;
  const necrocode = { code, hint, retryable };
  const part = method === 'GET' ? 'query' : 'body';
  switch (code) {
    case 'validation-failed': {
      const detail = fields.map((fault) => ({
        type: 'value_error',
        loc: locationOf(part, fault.path),
        msg: fault.message,
      }));
      return { status: 422, body: { detail, necrocode } };
    }
    case 'malformed-json':
    case 'unsupported-media-type':
      return { status: 422, body: { detail: [{ type: 'json_invalid', loc: ['body'], msg: message }], necrocode } };
    default:
      return { status: problem.status, body: { detail: message, necrocode } };
  }
}

/** Faults of the path itself say so. */
function locationOf(part: string, path: string): (string | number)[] {
  const steps = stepsOf(path);
  return steps[0] === 'path' ? steps : [part, ...steps];
}

function stepsOf(path: string): (string | number)[] {
  return path === '' ? [] : path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
