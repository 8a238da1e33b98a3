// Reads binding.gyp, so that nothing else has to repeat it.
import { execFileSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import { root } from './tools.mjs'

/**
 * @typedef {{ sources?: string[], defines?: string[] }} Settings
 * @typedef {Settings & { conditions: [condition: string, then: Settings, otherwise?: Settings][] }} Target
 */

// A gyp file is a Python literal; node-gyp needs a python3 anyway.
const toJson = `
import ast, json
print(json.dumps(ast.literal_eval(open('binding.gyp').read())))`

/**
 * @param {'linux' | 'mac' | 'win'} os as gyp calls it
 * @returns {Required<Settings>} what the addon is built from there
 */
export function settingsFor(os) {
  const json = execFileSync('python3', ['-c', toJson], { cwd: root, encoding: 'utf8' })
  const gyp = /** @type {{ targets: [Target] }} */ (JSON.parse(json))
  const [target] = gyp.targets
  /** @type {Settings[]} */
  const parts = [target]
  for (const [condition, then, otherwise] of target.conditions) {
    const part = holds(condition, os) ? then : otherwise
    if (part !== undefined) parts.push(part)
  }
  return {
    sources: parts.flatMap((part) => part.sources ?? []),
    defines: parts.flatMap((part) => part.defines ?? []),
  }
}

/**
 * @param {string} condition Python of the kind 'OS == "mac" or OS == "linux"'
 * @param {string} os
 */
function holds(condition, os) {
  const script = condition.replace(/\bor\b/g, '||').replace(/\band\b/g, '&&')
  return Boolean(runInNewContext(script, { OS: os }))
}
