import { describe, expect, it } from '@jest/globals';
import { parseServerUrls } from './server-urls.js';

describe('a NATS address', () => {
  it('is host and port, 4222 when not given', () => {
    expect(parseServerUrls('nats://localhost')).toEqual({
      servers: ['localhost:4222'],
      credentials: undefined,
      tls: false,
    });
  });

  it('may be several, may ask for TLS', () => {
    expect(parseServerUrls('tls://a:1, tls://[::1]:2')).toMatchObject({ servers: ['a:1', '[::1]:2'], tls: true });
  });

  it('gives up its credentials, decoded, so that nothing shows them', () => {
    expect(parseServerUrls('nats://us%40er:p%3Ass@a:1')).toMatchObject({
      servers: ['a:1'],
      credentials: { user: 'us@er', pass: 'p:ss' },
    });
    expect(parseServerUrls('nats://s3cret@a:1')).toMatchObject({ servers: ['a:1'], credentials: { token: 's3cret' } });
  });

  it.each(['', 'localhost:4222', 'http://a', 'nats://', 'nats://u:hunter2@'])(
    'is refused without repeating it: %p',
    (url) => {
      expect(() => parseServerUrls(url)).toThrow(TypeError);
      expect(() => parseServerUrls(url)).not.toThrow(/hunter2/);
    },
  );
});
