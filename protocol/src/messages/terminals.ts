/** Lines that the server writes into a terminal, under `terminal.*`. */
import type { Localized } from '../words.js'

export const terminalMessages = {
  'terminal.machine-was-stopped': {
    en: 'this machine was stopped: the shell above has ended, this is a new one',
    zh: '此机器曾被停止：上面的 Shell 已结束，这是新的 Shell',
  },
  'terminal.new-shell': { en: 'a new shell', zh: '新的 Shell' },
} as const satisfies Record<`terminal.${string}`, Localized>
