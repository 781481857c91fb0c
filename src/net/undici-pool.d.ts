/** The package itself loads its fetch, caches, mocks and web sockets too: 80 modules that stay in memory for nothing here. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici'

  export default Pool
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici'

  export default buildConnector
}
