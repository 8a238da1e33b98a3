/**
 * `node row.mjs ROW OPTIONS`: one row, in a process of its own, so that neither compiled code nor
 * memory is that of another. Prints its lines as JSON, or why it is missing.
 */
const [row, options = ''] = process.argv.slice(2)

/** @type {import('./measure.mjs').Row} */
const { missing, run } = (await import(`./${row}.mjs`)).default
const why = missing?.()
const result = why === undefined ? { lines: await run(JSON.parse(options)) } : { why }
process.stdout.write(JSON.stringify(result), () => process.exit())
