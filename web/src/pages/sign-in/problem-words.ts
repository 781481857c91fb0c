/** Why signing in elsewhere did not work, by the code in the address. Pure. */
export function problemWords(code: string): string {
  switch (code) {
    case 'rate_limited':
      return 'Too many tries. Wait a few minutes, then try again.'
    case 'provider_unavailable':
      return 'The single sign-on does not answer as it should. Sign in with a password, or try again later.'
    case 'forbidden':
    case 'not_found':
      return 'That account belongs to nobody here. Ask for an invitation, or sign in with a password.'
    case 'conflict':
      return 'There is an account of that email address already. Sign in with its password and link the single sign-on in Settings.'
    default:
      return 'Signing in there did not work. Try again, or sign in with a password.'
  }
}
