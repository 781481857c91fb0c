export type Lazy<T> = {
  /** Loads it, for the first who asks. A load that failed is tried again for the next one. */
  get(): Promise<T>
  /** It, where it is loaded. */
  loaded(): T | undefined
}

/** What is not in memory before somebody needs it, and is kept from then on. */
export function lazily<T>(load: () => Promise<T>): Lazy<T> {
  let loading: Promise<T> | undefined
  let loaded: T | undefined
  async function begin(): Promise<T> {
    try {
      loaded = await load()
      return loaded
    } catch (cause) {
      loading = undefined
      throw cause
    }
  }
  return { get: () => (loading ??= begin()), loaded: () => loaded }
}
