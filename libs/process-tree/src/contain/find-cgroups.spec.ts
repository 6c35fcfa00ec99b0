import { describe, expect, it } from '@jest/globals';
import { findMount, placeIn, placesFor } from './find-cgroups.js';

const hybrid = [
  '23 1 0:21 / /proc rw,relatime - proc proc rw',
  '34 31 0:31 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n');
const unified = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';

describe('finding the cgroup hierarchies', () => {
  it('finds version 2 where only it is mounted', () =>
    expect(findMount(unified, 'cgroup2')).toEqual({ root: '/', directory: '/sys/fs/cgroup' }));

  it('finds both versions on a hybrid host', () => {
    expect(findMount(hybrid, 'cgroup2')?.directory).toBe('/sys/fs/cgroup/unified');
    expect(findMount(hybrid, 'cgroup1-freezer')?.directory).toBe('/sys/fs/cgroup/freezer');
  });

  it('finds nothing where nothing is', () => {
    expect(findMount('', 'cgroup2')).toBeUndefined();
    expect(findMount(unified, 'cgroup1-freezer')).toBeUndefined();
  });

  it('reads blanks in a mount point', () =>
    expect(findMount('1 2 0:3 / /mnt/c\\040g rw - cgroup2 none rw', 'cgroup2')?.directory).toBe('/mnt/c g'));

  it('prefers the own cgroup, which may be delegated, to the top', () =>
    expect(placesFor({ root: '/', directory: '/sys/fs/cgroup' }, '/user.slice/a.service')).toEqual([
      { directory: '/sys/fs/cgroup/user.slice/a.service', path: '/user.slice/a.service' },
      { directory: '/sys/fs/cgroup', path: '/' },
    ]));

  it('stays at the top when the own cgroup is the top, or lies outside of what is mounted', () => {
    const top = [{ directory: '/sys/fs/cgroup', path: '/' }];
    expect(placesFor({ root: '/', directory: '/sys/fs/cgroup' }, '/')).toEqual(top);
    expect(placesFor({ root: '/', directory: '/sys/fs/cgroup' }, '/../other')).toEqual(top);
  });

  it('takes off the part of the path that a container sees as its root', () =>
    expect(placesFor({ root: '/docker/1', directory: '/sys/fs/cgroup' }, '/docker/1/agent')[0]).toEqual({
      directory: '/sys/fs/cgroup/agent',
      path: '/docker/1/agent',
    }));

  it('names a cgroup below another both ways', () => {
    expect(placeIn({ directory: '/c', path: '/' }, 'a')).toEqual({ directory: '/c/a', path: '/a' });
    expect(placeIn({ directory: '/c/a', path: '/a' }, 'b')).toEqual({ directory: '/c/a/b', path: '/a/b' });
  });
});
