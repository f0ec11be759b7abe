import type { common as english } from '../en/common'
import type { Translation } from '../translation'

export const common: Translation<typeof english> = {
  product: 'Wheelhouse',
  skipToContent: '跳到正文',
  loading: '正在加载',
  close: '关闭',
  cancel: '取消',
  copy: '复制',
  copied: '已复制',
  retry: '重试',
  actionFailed: '操作未成功',
  reload: '重新加载页面',
  minutes_other: '{{count}} 分钟',
  tasks_other: '{{count}} 个任务',
  points_other: '{{count}} 分',
  nav: { label: '主导航', labs: '实验', environments: '环境', doctor: '诊断' },
  connection: {
    lost: '正在重新连接',
    lostHint: '服务器没有响应。什么都不会丢失：恢复后页面会自动继续。',
  },
  engine: {
    label: '引擎：{{name}}',
    available: '就绪',
    unavailable: '不可用',
  },
  failure: {
    offline: '服务器没有响应。请确认它仍在运行，然后重试。',
    garbled: '服务器返回了本页面无法理解的内容（HTTP {{status}}）。请重新加载页面；如果再次出现，请查看服务器日志。',
    reference: '编号 {{reference}}',
    referenceHint: '可在服务器日志中搜索此编号。',
    details: '命令与输出',
  },
  notFound: {
    title: '这里什么都没有',
    text: '地址可能已经失效，或者少了一个字母。',
    action: '前往实验列表',
  },
  crash: {
    title: '页面出错了',
    text: '这是我们的问题。你的环境和进度都保存在服务器上，安然无恙。',
    details: '错误详情',
  },
}
