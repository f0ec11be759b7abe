import { useEffect, useState } from 'react'
import { copyText } from './clipboard'

/** How long a button says that it copied. */
const SAID_FOR_MS = 1_600

export function useCopied() {
  const [copiedAt, setCopiedAt] = useState<number | null>(null)
  useEffect(() => {
    if (copiedAt === null) return
    const timer = setTimeout(() => setCopiedAt(null), SAID_FOR_MS)
    return () => clearTimeout(timer)
  }, [copiedAt])
  const copy = async (text: string) => {
    if (await copyText(text)) setCopiedAt(Date.now())
  }
  return { copied: copiedAt !== null, copy }
}
