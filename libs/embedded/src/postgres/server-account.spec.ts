import { describe, expect, it } from '@jest/globals';
import { parseAccounts } from './server-account.js';

describe('reading the accounts of a system', () => {
  it('takes number and group from each line of passwd', () => {
    const accounts = parseAccounts(
      'daemon:x:1:1::/:/bin/sh\npostgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash\n',
    );
    expect(accounts.get('postgres')).toEqual({ uid: 101, gid: 104 });
  });

  it('never offers an account with the rights of root, whatever it is called', () => {
    expect(parseAccounts('postgres:x:0:0::/:/bin/sh\n').get('postgres')).toBeUndefined();
  });

  it('passes over lines that are not accounts', () => {
    expect([...parseAccounts('+::::::\n\nnobody:x:nan:1::/:\n# comment').keys()]).toEqual([]);
  });
});
