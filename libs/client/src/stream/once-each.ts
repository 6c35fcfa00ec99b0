import type { OutputChunk } from '@necrocode/contracts';

/** Chunks may come again after a reconnect; within an execution their numbers grow. */
export async function* onceEach(chunks: AsyncIterable<OutputChunk>): AsyncGenerator<OutputChunk, void, undefined> {
  const seen = new Map<string, number>();
  for await (const chunk of chunks) {
    if (chunk.sequence <= (seen.get(chunk.executionId) ?? 0)) continue;
    seen.set(chunk.executionId, chunk.sequence);
    yield chunk;
  }
}
