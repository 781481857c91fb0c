import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react'
import { IconButton } from './icon-button.tsx'

type Tone = 'good' | 'bad'
type Toast = { id: number; text: string; tone: Tone }

const ToastContext = createContext<(text: string, tone?: Tone) => void>(() => {})

const shownMs = { good: 5_000, bad: 12_000 }
const most = 3

/** `const toast = useToast(); toast('Saved.')`: says a short thing in the corner, to everybody, for a while. */
export const useToast = () => useContext(ToastContext)

/** Shows the toasts of everything in it. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const nextId = useRef(0)
  const show = useCallback((text: string, tone: Tone = 'good') => {
    nextId.current += 1
    const toast = { id: nextId.current, text, tone }
    setToasts(before => [...before.filter(each => each.text !== text), toast].slice(-most))
  }, [])
  const close = useCallback((id: number) => setToasts(before => before.filter(each => each.id !== id)), [])
  return (
    <ToastContext value={show}>
      {children}
      <section
        aria-label="Messages"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-3 bottom-20 z-50 flex flex-col items-center gap-2 md:inset-x-auto md:right-5 md:bottom-5 md:items-end"
      >
        {toasts.map(toast => (
          <ToastCard key={toast.id} toast={toast} onClose={close} />
        ))}
      </section>
    </ToastContext>
  )
}

function ToastCard({ toast: { id, text, tone }, onClose }: { toast: Toast; onClose(id: number): void }) {
  useEffect(() => {
    const timer = setTimeout(() => onClose(id), shownMs[tone])
    return () => clearTimeout(timer)
  }, [id, tone, onClose])
  const Icon = tone === 'good' ? CircleCheck : CircleAlert
  return (
    <div className="pointer-events-auto flex w-full max-w-sm animate-rise items-start gap-2.5 rounded-xl border border-line bg-raised py-2 pr-2 pl-3.5 text-sm shadow-popup">
      <Icon className={`mt-2 size-4 shrink-0 ${tone === 'good' ? 'text-good' : 'text-bad'}`} aria-hidden />
      <p className="min-w-0 flex-1 py-1.5">{text}</p>
      <IconButton icon={X} label="Close message" onClick={() => onClose(id)} />
    </div>
  )
}
