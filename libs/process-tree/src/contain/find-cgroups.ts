import type { CgroupPlace } from './containment.js';
import type { CgroupControls } from './cgroup-controls.js';

interface Mount {
  readonly root: string;
  readonly directory: string;
}

/**
 * Where the hierarchy is mounted: /sys/fs/cgroup, /sys/fs/cgroup/unified on hybrid hosts, or wherever.
 * @param mountinfo the text of /proc/self/mountinfo; format: proc_pid_mountinfo(5)
 */
export function findMount(mountinfo: string, means: CgroupControls['means']): Mount | undefined {
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , , root, directory] = before?.split(' ') ?? [];
    const [type, , options] = after?.split(' ') ?? [];
    const fits =
      means === 'cgroup2' ? type === 'cgroup2' : type === 'cgroup' && options?.split(',').includes('freezer') === true;
    if (fits && root !== undefined && directory !== undefined)
      return { root: unescape(root), directory: unescape(directory) };
  }
  return undefined;
}

/**
 * The places a group may be made in, best first: the process's own cgroup, since that is what a delegating service
 * manager made writable; then the top of what is mounted, where whoever is root may.
 * @param ownPath this process's path in the hierarchy
 */
export function placesFor({ root, directory }: Mount, ownPath: string): CgroupPlace[] {
  const top = { directory, path: root };
  const below = root === '/' ? ownPath : ownPath.startsWith(`${root}/`) ? ownPath.slice(root.length) : '';
  if (below === '' || below === '/' || below.startsWith('/..')) return [top];
  return [{ directory: `${directory}${below}`, path: ownPath }, top];
}

export const placeIn = (place: CgroupPlace, name: string): CgroupPlace => ({
  directory: `${place.directory}/${name}`,
  path: place.path === '/' ? `/${name}` : `${place.path}/${name}`,
});

// Blanks in mount points are written as octal escapes.
const unescape = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
