/** What the doctor looked at, found and advises, under `doctor.*`. */
import type { Localized } from '../words.js'

export const doctorMessages = {
  'doctor.engine.title': { en: 'Engine', zh: '引擎' },
  'doctor.engine.found': { en: '{engine} {version} answers', zh: '{engine} {version} 可用' },
  'doctor.engine.missing': { en: '{engine} does not answer: {why}', zh: '{engine} 没有响应：{why}' },
  'doctor.disk.title': { en: 'Disk space for the database', zh: '数据库所在磁盘的空间' },
  'doctor.disk.found': { en: '{free} free of {total}; {floor} must stay free', zh: '总计 {total}，剩余 {free}；须保留 {floor}' },
  'doctor.disk.remedy': {
    en: 'Free some space, delete environments that you no longer need, or lower `environments.diskFloorGb`.',
    zh: '请释放空间、删除不再需要的环境，或调低 `environments.diskFloorGb`。',
  },
  'doctor.store.title': { en: 'Database', zh: '数据库' },
  'doctor.store.found': { en: '{database} answers in {ms} ms', zh: '{database} 在 {ms} 毫秒内响应' },
  'doctor.containers.remedy': {
    en: 'Start {program} (on a desktop: open its application), and see that this account may use it: `{program} info` must answer.',
    zh: '请启动 {program}（桌面系统请打开其应用程序），并确认当前账户有权使用：`{program} info` 应能正常返回。',
  },
} as const satisfies Record<`doctor.${string}`, Localized>
