import { CircleX, Pause, Play, RotateCw, Timer, Trash2 } from 'lucide-react'

export const ACTION_ICONS = {
  start: Play,
  stop: Pause,
  cancel: CircleX,
  retry: RotateCw,
  rebuild: RotateCw,
  extend: Timer,
  delete: Trash2,
} as const
