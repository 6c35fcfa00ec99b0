/**
 * Who may import whom, by the tag in each project's package.json (`nx.tags`). Never `*` → `*`: a project without a known
 * tag may import nothing. `platform` (service-kit) wires adapters to ports for the services; nothing but apps depends on it.
 */
const PRODUCTION = {
  'type:domain': ['type:domain'],
  'type:contract': ['type:contract', 'type:domain'],
  'type:port': ['type:domain', 'type:contract'],
  'type:kit': ['type:kit', 'type:contract', 'type:domain', 'type:port'],
  'type:adapter': ['type:port', 'type:contract', 'type:domain', 'type:kit'],
  'type:platform': ['type:kit', 'type:adapter', 'type:port', 'type:contract', 'type:domain'],
  'type:app': ['type:platform', 'type:kit', 'type:adapter', 'type:port', 'type:contract', 'type:domain'],
  'type:testing': ['type:kit', 'type:contract', 'type:domain', 'type:port'],
};

/** Specs of embedded and process-tree use the fixtures, which start embedded's servers; embedded's doctor asks process-tree. */
const CIRCULAR_THROUGH_SPECS = [
  ['@necrocode/embedded', '@necrocode/process-tree'],
  ['@necrocode/embedded', '@necrocode/testing'],
  ['@necrocode/process-tree', '@necrocode/testing'],
];

const boundaries = (extra) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allowCircularSelfDependency: true, // @necrocode/x inside x is refused by its own rule below.
    checkDynamicDependenciesExceptions: ['.*'], // Loading lazily in one place and at once in another is no fault in Node.
    ignoredCircularDependencies: CIRCULAR_THROUGH_SPECS,
    depConstraints: Object.entries(PRODUCTION).map(([sourceTag, allowed]) => ({
      sourceTag,
      onlyDependOnLibsWithTags: [...allowed, ...extra],
    })),
  },
];

export const productionBoundaries = boundaries([]);
export const specBoundaries = boundaries(['type:testing']);
