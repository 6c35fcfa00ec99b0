import type { Problem } from '@necrocode/contracts';
import { ApiProblem, localProblem } from '../api-problem.js';

/** The problem an answer that is not a success carries. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  return isProblem(body) ? new ApiProblem(body) : localProblem('unreadable-answer', { status: response.status });
}

/** Field by field, so that a newer gateway's additions do not matter. */
function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'message' in body &&
    typeof body.message === 'string' &&
    'hint' in body &&
    typeof body.hint === 'string' &&
    'status' in body &&
    typeof body.status === 'number' &&
    'retryable' in body &&
    typeof body.retryable === 'boolean'
  );
}
