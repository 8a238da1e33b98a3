import path = require('node:path')

/**
 * The folder of `futex_waitgroup.h`, for the `include_dirs` of another addon's binding.gyp. Relative to
 * the current folder, as node-addon-api's: a path with spaces would need quotes there.
 *
 * @example
 * ```python
 * 'include_dirs': ["<!(node -p \"require('futex-waitgroup/include').include_dir\")"]
 * ```
 */
// Loads no addon: node-gyp asks for it before anything is compiled.
export const include_dir = path.relative('.', path.join(__dirname, '../native/include'))
