/** A pure function of something that never changes, worked out once for each such thing, and forgotten along with it. */
export function perObject<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const made = new WeakMap<K, { value: V }>()
  return of => {
    let known = made.get(of)
    if (!known) {
      known = { value: make(of) }
      made.set(of, known)
    }
    return known.value
  }
}
