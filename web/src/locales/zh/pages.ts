import type * as english from '../en/pages'
import type { Translation } from '../translation'

export const session: Translation<typeof english.session> = {
  signIn: {
    title: '使用链接登录',
    owner: '这台服务器由你运行？',
    ownerText: '服务器启动时会在终端中显示带有登录信息的地址。也可以用以下命令生成新的地址：',
    learner: '由其他人运行？',
    learnerText: '请向对方索取个人链接。在服务器上运行以下命令即可生成：',
    bad: '此链接已失效。每个链接只能登录一次，请索取新的链接。',
    unreachable: '无法连接服务器',
  },
  account: '账户',
  role: { owner: '所有者', learner: '学员' },
  signOut: '退出登录',
  version: '版本 {{version}}',
}

export const settings: Translation<typeof english.settings> = {
  theme: '主题',
  themes: { system: '跟随系统', light: '浅色', dark: '深色' },
  highContrast: '高对比度',
  language: '语言',
  appearance: '外观',
}

export const doctor: Translation<typeof english.doctor> = {
  title: '诊断',
  lead: '这台服务器运行集群所需的条件、检测到的情况，以及应对办法。',
  status: { ok: '良好', warning: '可以改进', problem: '需要处理', unknown: '未知' },
  allWell: '一切正常',
  problems_other: '{{count}} 项需要处理',
  warnings_other: '{{count}} 项可以改进',
  remedy: '应对办法：',
  checkedAt: '检测时间：{{when}}',
  again: '重新检测',
  failed: '无法获取诊断结果。',
}

export const shortcuts: Translation<typeof english.shortcuts> = {
  title: '键盘快捷键',
  open: '键盘快捷键',
  rest: '焦点位于终端或输入框时不生效。',
  anywhere: '任意页面',
  inLab: '实验页面',
  inTerminal: '终端内',
  help: '显示此列表',
  search: '搜索实验',
  previous: '上一步',
  next: '下一步',
  check: '检查任务',
  task: '显示任务 1 至 9',
  terminal: '进入终端',
  leaveTerminal: '离开终端',
  copy: '复制',
  paste: '粘贴',
  find: '搜索',
}
