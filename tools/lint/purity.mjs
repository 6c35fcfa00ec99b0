/** The domain decides from what it is given: time, ids and chance are arguments. */
export const pureCode = {
  'no-restricted-globals': [
    'error',
    ...['process', 'performance', 'crypto', 'fetch', 'console', 'Buffer'],
    ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ].map((name) =>
    name === 'error' ? name : { name, message: 'The domain is pure: take what you need as an argument.' },
  ),
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Time is an argument.' },
    { object: 'Math', property: 'random', message: 'Chance is an argument.' },
  ],
};

/** No npm package; node:* is allowed. */
export const withoutPackages = refuse('^(?!\\.|@necrocode/|node:)', 'This library imports no npm package.');

/** Neither an npm package nor node:*. */
export const withoutNodeModules = refuse('^(?!\\.|@necrocode/)', 'The domain imports neither npm packages nor node:*.');

function refuse(regex, message) {
  return ['error', { patterns: [{ regex, message }] }];
}
