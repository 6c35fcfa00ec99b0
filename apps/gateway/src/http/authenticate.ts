import { createHash, timingSafeEqual } from 'node:crypto';
import { CodedError } from '@necrocode/service-kit';

/** Digests have one length, so the comparison takes the same time whatever was sent. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** @returns a check of an Authorization header, which throws {CodedError} `unauthenticated` */
export function bearerCheck(token: string): (authorization: string | undefined) => void {
  const wanted = digest(token);
  return (authorization) => {
    const [, sent] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    if (sent === undefined || !timingSafeEqual(digest(sent), wanted)) throw new CodedError('unauthenticated');
  };
}
