/** What inputs, selects and text areas look like. 16 px on phones, or the page would zoom in. */
export const inputStyle =
  'w-full min-w-0 rounded-lg border border-edge bg-card px-3 text-base text-ink transition-colors sm:text-sm ' +
  'hover:border-faint focus-visible:border-sea focus-visible:outline-1 focus-visible:outline-offset-0 ' +
  'aria-invalid:border-bad disabled:cursor-not-allowed disabled:bg-sunken disabled:text-faint'
