import packageJson from '../../package.json' with { type: 'json' }

/** The flags for `node` in the package's `start` script: ClawLink is measured as people start it. */
export const startFlags: readonly string[] = packageJson.scripts.start.split(' ').filter(word => word.startsWith('--'))
