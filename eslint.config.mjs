import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['.cache/', 'build/', 'dist/', 'prebuilds/', 'vendor/']),
  // It needs Electron's types, and Electron is not a dependency.
  globalIgnores(['examples/electron/']),
  // Also bans `any` and non-null assertions.
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    // The scripts are checked too: tsconfig.json has checkJs.
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // Messages may contain numbers and lists without String().
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowArray: true },
      ],
      // `() => wg.done()` is idiomatic.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // TypeScript's `noPropertyAccessFromIndexSignature` requires process.env['NAME'].
      '@typescript-eslint/dot-notation': 'off',
      // `{ [name: string]: T }` names the keys.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // The reason of an abort signal is a user's value, not always an error.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // `import x = require()` is for CommonJS modules. A plain require() loads a file of lib/ when
      // it is first needed.
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true, allow: ['^\\./'] }],
    },
  },
  {
    files: ['lib/**'],
    rules: { 'max-lines': ['error', 300] },
  },
  {
    // Outside lib/: workerData, messages and JSON have the type `any`, and casts would hide the
    // code around them.
    files: ['{test,bench,examples,scripts}/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Some callbacks do nothing on purpose.
      '@typescript-eslint/no-empty-function': 'off',
      // Node's types omit that a platform may lack a constant (constants.O_NOFOLLOW).
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // They declare Buffer.compare as a method with `this`, which it does not use.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // CommonJS imports with require(), and has no await outside functions; a rejection ends the
    // program.
    files: ['**/*.cjs'],
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // Tests call functions that return nothing, to check their errors.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // They pass async functions as callbacks.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      // Tables of cases mix async and synchronous functions.
      '@typescript-eslint/require-await': 'off',
      // `void x` marks a value that is read and not used.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
    },
  },
)
