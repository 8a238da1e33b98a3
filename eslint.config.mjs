import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['.cache/', 'build/', 'dist/', 'prebuilds/', 'vendor/']),
  // Electron's types come with Electron, which is not a dependency.
  globalIgnores(['examples/electron/']),
  // Also bans `any` and non-null assertions.
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    // The scripts are checked too: tsconfig.json has checkJs.
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A number in a message, or a list of them, needs no String() around it.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowArray: true },
      ],
      // `() => wg.done()` is how Go's own tests read, and confuses nobody.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `noPropertyAccessFromIndexSignature` asks for process.env['NAME'].
      '@typescript-eslint/dot-notation': 'off',
      // `{ [name: string]: T }` says what the keys are.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // A signal's reason is the user's own, and need not be an error.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // TypeScript's own `import x = require()`: the package is CommonJS, and so are two of these.
      // A plain require() of a file of ours loads it when it is first needed.
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true, allow: ['^\\./'] }],
    },
  },
  {
    // All but the library. workerData, messages and JSON are `any` by the types that they come
    // with, and a cast around each of them would be all that a reader sees.
    files: ['{test,bench,examples,scripts}/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A callback that does nothing does it on purpose.
      '@typescript-eslint/no-empty-function': 'off',
      // Node's types do not say what a platform lacks (constants.O_NOFOLLOW).
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Nor that Buffer.compare, a static method to everybody else, needs no `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // CommonJS has no other way to import, and no await outside of functions; a rejection ends the
    // program, as it should.
    files: ['**/*.cjs'],
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // Tests call functions that return nothing for what they throw.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // They hand async functions to whoever calls them, and print whatever they find.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      // One table of cases has async ones and others.
      '@typescript-eslint/require-await': 'off',
      // `void x` there says: read, and not used.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
    },
  },
)
