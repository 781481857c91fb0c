import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './button.tsx'
import type { ButtonLook } from './button-style.ts'
import { copyText } from './copy-text.ts'
import { useToast } from './toast.tsx'

/** Copies a text and says that it did. @param props `label` names what is copied for those who do not see it */
export function CopyButton({ text, label, look = 'quiet' }: { text: string; label: string; look?: ButtonLook }) {
  const [copied, setCopied] = useState(false)
  const toast = useToast()
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    if (await copyText(text)) setCopied(true)
    else toast('The browser does not allow copying here. Select the text and copy it yourself.', 'bad')
  }
  return (
    <Button size="small" look={look} onClick={copy} aria-label={copied ? `${label}: copied` : `Copy ${label}`}>
      {copied ? <Check className="text-good" aria-hidden /> : <Copy aria-hidden />}
      <span className="max-sm:sr-only">{copied ? 'Copied' : 'Copy'}</span>
    </Button>
  )
}
