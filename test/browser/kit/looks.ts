/** Every way in which a page has to look right. */
export const looks = [
  { theme: 'light', size: 'wide' },
  { theme: 'dark', size: 'wide' },
  { theme: 'light', size: 'phone' },
  { theme: 'dark', size: 'phone' },
] as const
