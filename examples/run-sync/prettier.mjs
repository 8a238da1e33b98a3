// The module whose default export format.mjs calls.
export { format as default } from 'prettier'
