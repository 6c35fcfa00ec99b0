/** Every rule of typescript-eslint's `strictTypeChecked` that we loosen, with the reason. Nothing else is exempt. */
export const exemptions = {
  // `(error) => fail(error)` and `if (done) return settle()` say all there is, and the return type is checked anyway.
  '@typescript-eslint/no-confusing-void-expression': 'off',
  // Options of Nest and of our own are plain objects whose type happens to be declared as a class.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // Numbers and booleans print as anyone expects; objects and undefined stay refused.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // A leading underscore says "left out on purpose", as in `const { secret: _, ...rest }`.
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  // Nest's modules are decorated classes without a body.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  // It cannot see what changes during an `await` or inside a callback, and calls checks of such flags superfluous.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  // Our ports are implemented by closures, whose methods need no `this` and may be passed around.
  '@typescript-eslint/unbound-method': 'off',
  // An adapter of an asynchronous port is async even where it has nothing to wait for: its throws must become rejections.
  '@typescript-eslint/require-await': 'off',
  // A type parameter used once still names what the caller gets back.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
};
