/** Both themes and both sizes: what differs between themes does not differ between sizes, so two ways show all. */
export const looks = [
  { theme: 'light', size: 'wide' },
  { theme: 'dark', size: 'phone' },
] as const
