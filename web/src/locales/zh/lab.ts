import type { lab as english } from '../en/lab'
import type { Translation } from '../translation'

export const lab: Translation<typeof english> = {
  panes: { instructions: '实验说明', terminals: '终端', tasks: '任务', resize: '调整面板大小' },
  stepOf: '第 {{step}} 步，共 {{all}} 步',
  steps: '步骤',
  previous: '上一步',
  next: '下一步',
  finish: '查看结果',
  failed: '无法加载此实验。',
  code: {
    ran: '已发送到终端',
    copied: '已复制',
    notReady: '终端尚未就绪',
  },
  points: '得分',
  resetLab: '重新开始实验',
  resetLabTitle: '要重新开始此实验吗？',
  resetLabText: '所有任务都会回到初始状态，你在其命名空间中创建的内容会被删除。已获得的分数会保留。',
  menu: '实验菜单',
}
