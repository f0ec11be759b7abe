/** What the server announces while a page is open, under `notice.*`. */
import type { Localized } from '../words.js'

export const noticeMessages = {
  'notice.idle-soon': {
    en: 'Nothing has happened for a while: this environment will be stopped to free memory. Its disks stay, and opening the lab starts it again.',
    zh: '已有一段时间没有操作：此环境即将停止以释放内存。磁盘内容会保留，再次打开实验即可启动。',
  },
  'notice.expires-soon': {
    en: 'This environment will be deleted because it has not been used for days. Open it to keep it.',
    zh: '此环境多日未使用，即将被删除。打开它即可保留。',
  },
  'notice.disk-low': {
    en: 'Disk space is getting low: {free} left, {floor} must stay free. Delete environments that you no longer need.',
    zh: '磁盘空间不足：剩余 {free}，须保留 {floor}。请删除不再需要的环境。',
  },
  'notice.disk-stopped': {
    en: 'This environment was stopped because it used {used} and only {free} of disk space was left. Free some space, then start it again.',
    zh: '此环境占用了 {used}，而磁盘仅剩 {free}，因此已被停止。请释放空间后再启动。',
  },
  'notice.disk-quota': {
    en: 'This environment was stopped because it used {used} of disk space; {most} is the limit. Start it again and delete what you do not need, or rebuild it.',
    zh: '此环境占用了 {used} 磁盘空间，超过上限 {most}，因此已被停止。请重新启动后删除不需要的内容，或重建环境。',
  },
  'notice.engine-lost': {
    en: 'The engine "{engine}" does not answer ({why}). Your work is kept; everything goes on as soon as it answers.',
    zh: '引擎“{engine}”没有响应（{why}）。你的工作已保留；引擎恢复后将自动继续。',
  },
  'notice.engine-back': { en: 'The engine "{engine}" answers again.', zh: '引擎“{engine}”已恢复。' },
} as const satisfies Record<`notice.${string}`, Localized>
