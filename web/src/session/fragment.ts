/** What follows the # in the address: browsers send it to nobody. Pure but for the address. */
export function fragment(): string {
  return window.location.hash.slice(1)
}

/** Takes the fragment out of the address and the history once it has been read. */
export function forgetFragment(): void {
  const { pathname, search } = window.location
  window.history.replaceState(window.history.state, '', `${pathname}${search}`)
}
