/**
 * What a server takes from `node:http`. To `import` that module asks it for all that it exports, and some of that loads Node's
 * own `fetch` and `WebSocket`: 4 MB and 20 ms for something that is not needed here.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http')
