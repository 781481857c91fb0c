import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { useFieldParts } from './field.tsx'
import { inputStyle } from './input-style.ts'

/** Several lines of text; it grows with what is in it. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...useFieldParts()}
      className={classes(inputStyle, 'field-sizing-content min-h-20 py-2', className)}
      {...rest}
    />
  )
}
