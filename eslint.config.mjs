import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** What each folder of src may import: docs/architecture.md. Dependencies point one way, no folder reaches upward. */
const MAY_IMPORT = {
  domain: [],
  contracts: ['domain'],
  workflows: ['domain', 'contracts'],
  platform: ['domain'],
  backends: ['domain', 'platform'],
  benchmarks: ['domain', 'platform', 'backends'],
  optimizers: ['domain', 'platform'],
  history: ['domain', 'platform'],
  activities: ['domain', 'contracts', 'platform', 'backends', 'benchmarks', 'optimizers', 'history'],
  client: ['domain', 'contracts', 'platform'],
  planning: ['domain', 'contracts', 'platform', 'backends', 'optimizers'],
  api: [
    ...['domain', 'contracts', 'platform', 'backends', 'benchmarks', 'optimizers'],
    ...['client', 'planning', 'history', 'report'],
  ],
  report: ['domain', 'platform', 'backends'],
};
const FOLDERS = [...Object.keys(MAY_IMPORT), 'worker', 'cli'];

const zones = Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) =>
  FOLDERS.filter((other) => other !== folder && !allowed.includes(other)).map((other) => ({
    target: `./src/${folder}`,
    from: `./src/${other}`,
    message: `src/${folder} may import ${allowed.join(', ') || 'nothing else'}.`,
  }))
);

/** The browser gets what is pure, and the charts. */
const WEB_ZONE = {
  target: './web',
  from: './src',
  except: ['./domain', './contracts/http', './report/charts'],
  message: 'web may import domain, contracts/http and report/charts.',
};
const PROJECTS = ['./tsconfig.json', './web/tsconfig.json'];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'engine/**',
      'optimizer/**',
      '.cache/**',
      '.autotuner/**',
      'node_modules/**',
      'web/public/**',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: PROJECTS, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: PROJECTS, noWarnOnMultipleProjects: true })],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-eval': 'error',
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use an `as const` object.' }],
      // Leaving a key out of an object is what a rest is for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: [...zones, WEB_ZONE] }],
    },
  },
  {
    // The launcher is CommonJS, to start fast.
    files: ['**/*.cts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // Fakes are plain objects of functions; none of them uses `this`.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['src/workflows/**/*.ts', 'src/domain/**/*.ts', 'src/contracts/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', 'fs', 'path', 'os'], message: 'This code runs inside workflows.' }] },
      ],
    },
  }
);
