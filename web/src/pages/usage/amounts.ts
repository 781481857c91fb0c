const bytesPer = { kB: 1000, MB: 1_000_000 }

/** `85 ms`, `1.24 s`, `2 min 5 s`. Pure. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${Number((ms / 1000).toPrecision(3))} s`
  const seconds = Math.round(ms / 1000)
  return seconds % 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds / 60} min`
}

/** `0 bytes`, `1.2 kB`, `3.4 MB`. Pure. */
export function sizeText(bytes: number): string {
  if (bytes < bytesPer.kB) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  const unit = bytes < bytesPer.MB ? 'kB' : 'MB'
  return `${Number((bytes / bytesPer[unit]).toPrecision(3))} ${unit}`
}

/** How many of 100, rounded so that only all of them are 100 % and only none 0 %. Pure. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '–'
  const percent = (part / whole) * 100
  if (percent > 99.9 && part < whole) return '99.9 %'
  if (percent < 0.1 && part > 0) return '0.1 %'
  return `${Number(percent.toFixed(percent > 99 || percent < 1 ? 1 : 0))} %`
}
