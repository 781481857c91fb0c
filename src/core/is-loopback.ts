/** Whether a host, as a server listens on it or as it stands in a URL, is this machine alone. Pure. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
