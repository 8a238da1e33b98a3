import path from 'node:path'
import { cache, root } from './tools.mjs'

const modules = path.join(cache, 'runtimes', 'node_modules')

/** The runtimes that scripts/runtimes.mjs installs, and how each runs a script. */
export const runtimes = [
  { name: 'Bun', file: path.join(modules, '@oven/bun-linux-x64/bin/bun'), args: ['run'] },
  {
    name: 'Deno',
    file: path.join(modules, '@deno/linux-x64-glibc/deno'),
    args: ['run', '--allow-all', '--quiet'],
  },
]

/** Jest, which Node runs. */
export const jest = {
  name: 'Jest',
  file: path.join(cache, 'jest', 'node_modules', 'jest', 'bin', 'jest.js'),
}

const runnerModules = path.join(cache, 'runners', 'node_modules')

/** The scripts of runners, which Node runs. */
export const runners = {
  c8: path.join(runnerModules, 'c8/bin/c8.js'),
  mocha: path.join(runnerModules, 'mocha/bin/mocha.js'),
  tsx: path.join(runnerModules, 'tsx/dist/cli.mjs'),
}

const poolModules = path.join(cache, 'pools', 'node_modules')

/** The main files of pools of threads. */
export const pools = {
  piscina: path.join(root, 'node_modules/piscina/dist/main.js'),
  tinypool: path.join(poolModules, 'tinypool/dist/index.js'),
  workerpool: path.join(poolModules, 'workerpool/src/index.js'),
}
