import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/core/read-config.ts'
import { tempHome } from './temp-home.ts'

const secrets = {
  CLAWLINK_DATABASE_URL: 'postgres://user:database-password@db.example/clawlink',
  CLAWLINK_KEYRING: '{"id":"ring_1","active":1,"keys":{"1":"ring-key-material"}}',
  CLAWLINK_KEYRING_PASSPHRASE: 'the-passphrase',
}

describe('a setting that is wrong ends the command, names where it was given, and makes nothing', () => {
  test.each<{ flags?: Record<string, string>; env?: Record<string, string>; says: string }>([
    { flags: { port: 'http' }, says: '--port: must be a whole number from 0 to 65535' },
    { flags: { port: '70000' }, says: '--port: must be a whole number from 0 to 65535' },
    { flags: { port: '' }, says: '--port: must be a whole number from 0 to 65535' },
    { flags: { port: '1e3' }, says: '--port: must be a whole number from 0 to 65535' },
    { env: { CLAWLINK_PORT: '90.5' }, says: 'CLAWLINK_PORT: must be a whole number from 0 to 65535' },
    { env: { CLAWLINK_STOP_GRACE_MS: '-1' }, says: 'CLAWLINK_STOP_GRACE_MS: must be a whole number from 0 to 600000' },
    { flags: { logLevel: 'loud' }, says: '--log-level: must be one of: debug, info, warn, error, silent' },
    { flags: { roles: 'web,cleaner' }, says: '--roles: must be one of: web, worker' },
    { flags: { dataDir: '' }, says: '--data: must have 1 or more characters' },
    { flags: { roles: '' }, says: '--roles: must name at least one role' },
    { env: { CLAWLINK_SANDBOX: 'maybe' }, says: 'CLAWLINK_SANDBOX: must be true or false' },
    { flags: { publicUrl: 'claw.example' }, says: '--public-url: must be an http:// or https:// URL' },
    {
      env: { CLAWLINK_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/33' },
      says: 'CLAWLINK_TRUSTED_PROXIES: must be IP addresses or ranges, such as 127.0.0.1,10.0.0.0/8',
    },
    { flags: { baseUrls: 'github=ftp://x' }, says: '--base-urls (github): must be an http:// or https:// URL' },
    {
      flags: { port: 'x', logLevel: 'y' },
      says: '--port: must be a whole number from 0 to 65535; --log-level: must be one of: debug, info, warn, error, silent',
    },
  ])('$says', ({ flags = {}, env = {}, says }) => {
    const refused = readConfig({ flags, environment: { HOME: '/nowhere', ...env } })
    expect(refused).toMatchObject({
      code: 'validation_error',
      message: `A setting is not valid. ${says}.`,
      fix: 'Correct it where it is given. `clawlink start --help` says what each setting takes.',
    })
  })

  test('and the command prints that, and nothing else', async () => {
    using home = tempHome()
    const ended = await home.run(['start', '--port', 'http'], { env: { CLAWLINK_LOG_LEVEL: 'loud' } })
    expect(ended).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: A setting is not valid. --port: must be a whole number from 0 to 65535; CLAWLINK_LOG_LEVEL: must be one of: debug, info, warn, error, silent. (validation_error)\n' +
        'Correct it where it is given. `clawlink start --help` says what each setting takes.\n',
    })
    expect(existsSync(join(home.path, '.local'))).toBe(false)
  })

  test.each<[string, string, string]>([
    [
      'an unknown setting',
      '{"port": 1, "colour": "red"}',
      'A setting is not valid. colour in FILE: there is no such setting.',
    ],
    [
      'a wrong value',
      '{"port": "many"}',
      'A setting is not valid. port in FILE: must be a whole number from 0 to 65535.',
    ],
    ['no object', '[1]', 'The configuration file FILE is not a JSON object.'],
    ['broken JSON', '{"port": 1', 'The configuration file FILE is not a JSON object.'],
  ])('a configuration file with %s', (_, text, says) => {
    using home = tempHome()
    const configFile = join(home.path, 'clawlink.json')
    writeFileSync(configFile, text)
    expect(readConfig({ environment: {}, configFile })).toMatchObject({ message: says.replace('FILE', configFile) })
  })

  test('a configuration file that is not there, when it is named', async () => {
    using home = tempHome()
    const { exitCode, stderr } = await home.run(['check'], { env: { CLAWLINK_CONFIG: '/nowhere/clawlink.json' } })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error: The configuration file /nowhere/clawlink.json cannot be read.')
  })
})

describe('what the machine does not allow is said in one line, without a stack', () => {
  test.each<{ args?: string[]; env?: Record<string, string>; says: RegExp }>([
    { args: ['--data', '/dev/null/data'], says: /^error: The data folder cannot be used: ENOTDIR: .*\.$/ },
    { args: ['--host', '192.0.2.1'], says: /^error: This machine has no address 192\.0\.2\.1\.$/ },
    {
      env: { CLAWLINK_DATABASE_URL: 'mysql://db' },
      says: /^error: CLAWLINK_DATABASE_URL is not a postgres:\/\/ URL\.$/,
    },
    {
      env: { CLAWLINK_DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      says: /^error: PostgreSQL cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1\.$/,
    },
    { env: { CLAWLINK_KEYRING: '{' }, says: /^error: What CLAWLINK_KEYRING holds is not a key ring\.$/ },
    { args: ['--keyring-command', 'false'], says: /^error: The key ring command "false" failed\.$/ },
  ])('$says', async ({ args = [], env = {}, says }) => {
    using home = tempHome()
    const { exitCode, stdout, stderr } = await home.run(['start', '--port', '0', ...args], { env })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    const [first = '', fix = '', ...rest] = stderr.trimEnd().split('\n')
    expect(first.replace(/ \(\w+\)$/, '')).toMatch(says)
    expect(fix).not.toBe('')
    expect(rest).toEqual([])
  })

  test('a database file that is none', async () => {
    using home = tempHome()
    writeFileSync(
      join(home.path, 'clawlink.sqlite'),
      'not a database, and long enough to be looked at as one'.repeat(20),
    )
    const { exitCode, stderr } = await home.run(['start', '--port', '0', '--data', home.path])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      `error: The database ${join(home.path, 'clawlink.sqlite')} cannot be used: file is not a database. (internal)\n` +
        'Check the file, its folder and their rights, or restore it from a backup.\n',
    )
  })
})

describe('check', () => {
  test('shows for each setting its value and where it comes from: flag before variable before file before default', async () => {
    using home = tempHome()
    const file = join(home.path, 'clawlink.json')
    writeFileSync(
      file,
      JSON.stringify({ host: '127.0.0.3', port: 1111, logLevel: 'warn', outboundAllow: ['nas.local'] }),
    )
    const args = ['--config', file, '--port', '3333']
    const env = { CLAWLINK_PORT: '2222', CLAWLINK_LOG_LEVEL: 'error', CLAWLINK_SANDBOX_PORT: '' }
    const { settings } = await home.json(['check', ...args], { env })
    expect(settings).toMatchObject({
      port: { value: 3333, from: 'flag', name: '--port' },
      logLevel: { value: 'error', from: 'variable', name: 'CLAWLINK_LOG_LEVEL' },
      host: { value: '127.0.0.3', from: 'file', name: file },
      outboundAllow: { value: ['nas.local'], from: 'file', name: file },
      sandboxPort: { value: 9078, from: 'default' },
      dataDir: { value: join(home.path, '.local/share/clawlink'), from: 'default' },
      publicUrl: { value: null, from: 'default' },
    })
    const { stdout } = await home.run(['check', ...args], { env })
    const row = (name: string) =>
      stdout
        .split('\n')
        .find(line => line.startsWith(`${name} `))
        ?.split(/ {2,}/)
    expect(row('SETTING')).toEqual(['SETTING', 'VARIABLE', 'FROM', 'VALUE'])
    expect(row('port')).toEqual(['port', 'CLAWLINK_PORT', '--port', '3333'])
    expect(row('logLevel')).toEqual(['logLevel', 'CLAWLINK_LOG_LEVEL', 'CLAWLINK_LOG_LEVEL', 'error'])
    expect(row('host')).toEqual(['host', 'CLAWLINK_HOST', file, '127.0.0.3'])
    expect(row('sandboxPort')).toEqual(['sandboxPort', 'CLAWLINK_SANDBOX_PORT', 'default', '9078'])
    expect(row('publicUrl')).toEqual(['publicUrl', 'CLAWLINK_PUBLIC_URL', 'default', 'unset'])
  })

  test('never shows a secret, only that it is set, and warns of variables that nothing reads', async () => {
    using home = tempHome()
    const env = { ...secrets, CLAWLINK_KEYRING_PASPHRASE: 'misspelt-passphrase' }
    const { stdout, stderr, exitCode } = await home.run(['check'], { env })
    const json = await home.json(['check'], { env })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^databaseUrl +CLAWLINK_DATABASE_URL +CLAWLINK_DATABASE_URL +set \(not shown\)$/m)
    expect(stdout).toContain('CLAWLINK_KEYRING_PASPHRASE is set, but there is no such setting.')
    expect(json.unknownVariables).toEqual(['CLAWLINK_KEYRING_PASPHRASE'])
    for (const text of [stdout, stderr, JSON.stringify(json)]) {
      expect(text).not.toMatch(/database-password|ring-key-material|passphrase'|the-passphrase|misspelt-passphrase/)
    }
  })
})

describe('a secret cannot be given as an argument, where every user of the machine could read it', () => {
  test.each([
    [['start', '--database-url', 'postgres://x'], "unknown option '--database-url'"],
    [['start', '--keyring', '{}'], "unknown option '--keyring'"],
    [['start', '--keyring-passphrase', 'x'], "unknown option '--keyring-passphrase'"],
    [['start', '--metrics-token', 'x'], "unknown option '--metrics-token'"],
    [['vault', 'protect', '--keyring-passphrase', 'x'], "unknown option '--keyring-passphrase'"],
    [['connections', 'add', 'sandbox', 'sbx_secret'], "too many arguments for 'add'"],
    [['connections', 'add', 'sandbox', '--secret', 'sbx_secret'], "unknown option '--secret'"],
    [['connections', 'add', 'sandbox', '--api-key', 'sbx_secret'], "unknown option '--api-key'"],
  ])('%j', async (args, says) => {
    using home = tempHome()
    const { exitCode, stderr } = await home.run(args)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`error: ${says}`)
    expect(existsSync(join(home.path, '.local'))).toBe(false)
  })
})
