import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Config,
  type ConfigKey,
  configKeys,
  configSchema,
  environmentName,
  maskConfig,
  unknownVariables,
} from './config.ts'
import { Fault } from './errors.ts'
import { type ConfigSources, readConfig } from './read-config.ts'
import { Secret } from './secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawlink-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function file(content: unknown): string {
  const path = join(folder, `${++files}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const home = { HOME: join(folder, 'home') }

function read({ environment = {}, ...sources }: ConfigSources = {}): Config {
  const settings = readConfig({ environment: { ...home, ...environment }, ...sources })
  if (settings instanceof Fault) throw new Error(settings.message)
  return settings.config
}

function refuse({ environment = {}, ...sources }: ConfigSources): Fault {
  const settings = readConfig({ environment: { ...home, ...environment }, ...sources })
  if (!(settings instanceof Fault)) throw new Error('the settings were accepted')
  return settings
}

describe('settings', () => {
  test('need not be given at all', () => {
    expect(read()).toMatchObject({
      host: '127.0.0.1',
      port: 9077,
      roles: ['web', 'worker'],
      logLevel: 'info',
      sandbox: false,
      outboundAllow: [],
      trustedProxies: [],
      baseUrls: {},
      dataDir: join(folder, 'home', '.local', 'share', 'clawlink'),
      keyringFile: join(folder, 'home', '.config', 'clawlink', 'keyring.json'),
    })
    expect(read().databaseUrl).toBeUndefined()
  })

  test('keep the database and what opens it in two places, which XDG variables move', () => {
    const environment = { XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/config' }
    expect(read({ environment })).toMatchObject({
      dataDir: '/data/clawlink',
      keyringFile: '/config/clawlink/keyring.json',
    })
  })

  test('come from flags before the environment before the file before defaults', () => {
    const configFile = file({ port: 1, host: '10.0.0.1', logLevel: 'warn' })
    const environment = { CLAWLINK_PORT: '2', CLAWLINK_HOST: '10.0.0.2' }
    expect(read({ configFile, environment, flags: { port: '3' } })).toMatchObject({
      port: 3,
      host: '10.0.0.2',
      logLevel: 'warn',
      stopGraceMs: 10_000,
    })
  })

  test('say where each of them came from', () => {
    const configFile = file({ logLevel: 'warn' })
    const environment = { ...home, CLAWLINK_HOST: '10.0.0.2' }
    const settings = readConfig({ configFile, environment, flags: { port: '3' } })
    expect(settings).toMatchObject({
      origins: {
        port: { from: 'flag', name: '--port' },
        host: { from: 'variable', name: 'CLAWLINK_HOST' },
        logLevel: { from: 'file', name: configFile },
        stopGraceMs: { from: 'default' },
      },
    })
  })

  test('treat an empty variable as none', () => {
    expect(read({ environment: { CLAWLINK_PORT: '', CLAWLINK_DATABASE_URL: '' } })).toMatchObject({ port: 9077 })
  })

  test('come from the file that CLAWLINK_CONFIG names, and --config wins over it', () => {
    const environment = { CLAWLINK_CONFIG: file({ port: 1 }) }
    expect(read({ environment }).port).toBe(1)
    expect(read({ environment, configFile: file({ port: 2 }) }).port).toBe(2)
  })

  test('read lists, flags and addresses as they are written in variables', () => {
    const environment = {
      CLAWLINK_OUTBOUND_ALLOW: ' wiki.lan , 10.0.0.7:8080,,',
      CLAWLINK_SANDBOX: '1',
      CLAWLINK_TRUSTED_PROXIES: '127.0.0.1, fd00::/8',
      CLAWLINK_BASE_URLS: 'github=https://git.example/api/v3/,sandbox=http://127.0.0.1:1/?a=b=c',
      CLAWLINK_PUBLIC_URL: 'https://claw.example/',
      CLAWLINK_DATABASE_URL: 'postgres://a:b@c/d',
    }
    const config = read({ environment })
    expect(config).toMatchObject({
      outboundAllow: ['wiki.lan', '10.0.0.7:8080'],
      sandbox: true,
      trustedProxies: ['127.0.0.1', 'fd00::/8'],
      baseUrls: { github: 'https://git.example/api/v3', sandbox: 'http://127.0.0.1:1/?a=b=c' },
      publicUrl: 'https://claw.example',
    })
    expect(config.databaseUrl?.reveal()).toBe('postgres://a:b@c/d')
  })
})

describe('a wrong setting is refused by the name under which it was given', () => {
  const wrong: [what: string, sources: () => ConfigSources, names: string][] = [
    ['a flag', () => ({ flags: { port: '70000' } }), '--port'],
    ['a flag of several words', () => ({ flags: { sandboxPort: 'x' } }), '--sandbox-port'],
    ['a variable', () => ({ environment: { CLAWLINK_PORT: 'many' } }), 'CLAWLINK_PORT'],
    ['a number that is none', () => ({ environment: { CLAWLINK_CALL_TIMEOUT_MS: '30s' } }), 'CLAWLINK_CALL_TIMEOUT_MS'],
    ['a number with a fraction', () => ({ environment: { CLAWLINK_PORT: '80.5' } }), 'CLAWLINK_PORT'],
    ['a number below its least', () => ({ flags: { callTimeoutMs: 0 } }), '--call-timeout-ms'],
    ['a word that is not on the list', () => ({ environment: { CLAWLINK_LOG_LEVEL: 'loud' } }), 'CLAWLINK_LOG_LEVEL'],
    ['a flag that is neither true nor false', () => ({ environment: { CLAWLINK_SANDBOX: 'yes' } }), 'CLAWLINK_SANDBOX'],
    ['an address that is none', () => ({ environment: { CLAWLINK_PUBLIC_URL: 'claw' } }), 'CLAWLINK_PUBLIC_URL'],
    ['an address that is no web address', () => ({ flags: { publicUrl: 'ftp://a.example' } }), '--public-url'],
    ['an address in a list', () => ({ environment: { CLAWLINK_BASE_URLS: 'github=nowhere' } }), 'CLAWLINK_BASE_URLS'],
    ['a role that there is not', () => ({ environment: { CLAWLINK_ROLES: 'web,king' } }), 'CLAWLINK_ROLES'],
    ['a proxy by its name', () => ({ flags: { trustedProxies: '127.0.0.1,proxy.lan' } }), '--trusted-proxies'],
    ['no role at all', () => ({ environment: { CLAWLINK_ROLES: ',' } }), 'CLAWLINK_ROLES'],
    ['a line of the file', () => ({ configFile: file({ port: 'x' }) }), `port in ${folder}`],
    ['a setting that there is not', () => ({ configFile: file({ prot: 1 }) }), `prot in ${folder}`],
    ['an empty data folder', () => ({ flags: { dataDir: '' } }), '--data'],
  ]
  test.each(wrong)('%s', (_, sources, name) => {
    const fault = refuse(sources())
    expect(fault.code).toBe('validation_error')
    expect(fault.message).toContain(name)
    expect(fault.details.invalidFields?.map(({ field }) => field).join()).toContain(name)
  })

  test('all wrong ones at once', () => {
    const fault = refuse({ environment: { CLAWLINK_PORT: 'x', CLAWLINK_LOG_LEVEL: 'y' }, flags: { sandbox: 'z' } })
    for (const name of ['CLAWLINK_PORT', 'CLAWLINK_LOG_LEVEL', '--sandbox']) expect(fault.message).toContain(name)
  })

  test('a file that is not there, but only when it was asked for', () => {
    expect(refuse({ configFile: join(folder, 'none.json') }).message).toContain('none.json cannot be read')
    expect(read().port).toBe(9077)
  })

  test.each(['{', '[]', '"text"', 'null', ''])('a file that holds %j', content => {
    expect(refuse({ configFile: file(content) }).message).toContain('is not a JSON object')
  })

  test('and what was given for a secret is not repeated', () => {
    const planted = 'planted-secret-4711'
    const fault = refuse({
      environment: { CLAWLINK_KEYRING_PASSPHRASE: planted, CLAWLINK_DATABASE_URL: planted, CLAWLINK_PORT: planted },
    })
    const told = JSON.stringify({ ...fault }).replaceAll('CLAWLINK_PORT', '')
    expect(told).not.toContain(planted)
  })
})

describe('the settings in print', () => {
  test('show of a secret only that it is set', () => {
    const planted = 'planted-secret-4711'
    const environment = {
      CLAWLINK_KEYRING: planted,
      CLAWLINK_KEYRING_PASSPHRASE: planted,
      CLAWLINK_DATABASE_URL: `postgres://a:${planted}@b/c`,
    }
    const shown = maskConfig(read({ environment }))
    expect(shown).toMatchObject({ keyring: '•••', keyringPassphrase: '•••', databaseUrl: '•••', port: 9077 })
    expect(JSON.stringify([shown, read({ environment })])).not.toContain(planted)
    expect(maskConfig(read())).toMatchObject({ databaseUrl: undefined })
  })

  test('show every setting, and every setting says what it is for', () => {
    expect(Object.keys(maskConfig(read())).toSorted()).toEqual(configKeys.toSorted())
    for (const key of configKeys) expect([key, configSchema.shape[key].description]).toEqual([key, expect.any(String)])
  })

  test('every setting that is a secret is kept as one', () => {
    const secrets: ConfigKey[] = ['databaseUrl', 'keyring', 'keyringPassphrase']
    const environment = Object.fromEntries(secrets.map(key => [environmentName(key), 'postgres://x']))
    const config = read({ environment })
    for (const key of secrets) expect(config[key]).toBeInstanceOf(Secret)
  })
})

describe('the names of variables', () => {
  test('derive from the settings', () => {
    expect((['dataDir', 'port', 'callTimeoutMs', 'publicUrl'] as const).map(environmentName)).toEqual([
      'CLAWLINK_DATA',
      'CLAWLINK_PORT',
      'CLAWLINK_CALL_TIMEOUT_MS',
      'CLAWLINK_PUBLIC_URL',
    ])
    expect(new Set(configKeys.map(environmentName)).size).toBe(configKeys.length)
  })

  test('that no setting reads are found, so that a spelling mistake is', () => {
    const environment = Object.fromEntries(configKeys.map(key => [environmentName(key), 'x']))
    expect(unknownVariables({ ...environment, CLAWLINK_CONFIG: 'x', PATH: 'x', CLAWLINK_TEST_X: 'x' })).toEqual([])
    expect(unknownVariables({ CLAWLINK_PROT: '1', CLAWLINK_DATADIR: 'x' })).toEqual([
      'CLAWLINK_PROT',
      'CLAWLINK_DATADIR',
    ])
  })
})
