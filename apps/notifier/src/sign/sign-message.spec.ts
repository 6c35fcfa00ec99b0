import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, signMessage } from './sign-message.js';

const message = { id: '0190d6f2-0000-7000-8000-000000000001', sentAt: Date.now(), body: '{"an":"event","ü":1}' };

describe('a signed message', () => {
  it("has the signature of the specification's own example", () => {
    const headers = signMessage(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', sentAt: 1_614_265_330_000, body: '{"test": 2432232314}' },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it("is accepted by the specification's own library", () => {
    const secret = newSecret();
    expect(new Webhook(secret).verify(message.body, signMessage(message, [secret]))).toEqual(JSON.parse(message.body));
  });

  it('is accepted with the old secret and the new one while both are valid', () => {
    const [old, next] = [newSecret(), newSecret()];
    const headers = signMessage(message, [next, old]);
    for (const secret of [old, next]) expect(() => new Webhook(secret).verify(message.body, headers)).not.toThrow();
  });

  it('is refused when a byte of it was changed, or with another secret', () => {
    const secret = newSecret();
    const headers = signMessage(message, [secret]);
    expect(() => new Webhook(secret).verify(`${message.body} `, headers)).toThrow();
    expect(() => new Webhook(newSecret()).verify(message.body, headers)).toThrow();
  });
});
