/** The device of whoever speaks A2A: a client of an agent here, and an agent elsewhere. */
export const a2aDevice = 'a2a'
