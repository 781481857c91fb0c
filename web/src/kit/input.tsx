import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { useFieldParts } from './field.tsx'
import { inputStyle } from './input-style.ts'

/** One line of text. Inside a Field it takes its name and label from there. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...useFieldParts()} className={classes(inputStyle, 'h-10 sm:h-9', className)} {...rest} />
}
