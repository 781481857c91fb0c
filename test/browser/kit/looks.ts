/** Widths at which every page has to work. */
export const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } }

export type Look = { theme: 'light' | 'dark'; size: keyof typeof sizes }

/** Both themes and both sizes: what differs between themes does not differ between sizes, so two ways show all. */
export const looks = [
  { theme: 'light', size: 'wide' },
  { theme: 'dark', size: 'phone' },
] as const satisfies Look[]
