import type { catalogue as english } from '../en/catalogue'
import type { Translation } from '../translation'

export const catalogue: Translation<typeof english> = {
  title: '实验',
  lead: '每个实验都为你准备一个专属的 Kubernetes 集群和终端。每项任务都直接根据集群的实际状态评分。',
  search: '搜索实验',
  clearSearch: '清除搜索',
  filter: {
    domain: '领域',
    anyDomain: '全部领域',
    progress: '进度',
    any: '全部进度',
    fresh: '未开始',
    started: '进行中',
    done: '已完成',
    reset: '清除筛选',
  },
  shown_other: '{{count}} 个实验',
  continue: {
    title: '继续上次的实验',
    action: '继续',
    seen: '上次打开：{{when}}',
  },
  card: {
    start: '开始',
    resume: '继续',
    again: '打开',
    done: '已完成',
    points: '{{points}} / {{max}} 分',
    unsupported: '当前引擎不支持',
    needs: {
      api: 'API 服务器',
      pods: 'Pod',
      network: 'Pod 网络',
      nodes: '真实节点',
      addons: '附加组件',
    },
  },
  chapterProgress: '已完成 {{done}} / {{all}}',
  empty: {
    title: '没有符合条件的实验',
    text: '换个关键词试试，或清除筛选条件。',
  },
  none: {
    title: '还没有实验',
    text: '服务器没有找到任何实验。请把内容放入 labs 文件夹，并运行 `npx wheelhouse lint` 查看其中的问题。',
  },
  failed: '无法加载实验列表。',
}
