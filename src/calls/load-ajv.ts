import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The validator, not in memory before something is to be validated. It is CommonJS, so nobody has to wait for it. */
export const loadAjv = (): typeof import('ajv/dist/2020.js') => require('ajv/dist/2020.js')

/** The formats that it can check. */
export const loadFormats = (): typeof import('ajv-formats')['default'] => require('ajv-formats')
