import type { checkpoints as english } from '../en/checkpoints'
import type { Translation } from '../translation'

export const checkpoints: Translation<typeof english> = {
  title: '已保存的状态',
  text: '回到集群和主目录之前的某个状态，或者在它的副本中试验。回退会保留得分，并会先保存当前状态。',
  name: '为当前状态命名',
  keep: '保存此状态',
  empty: '尚未保存任何状态。',
  goBack: '回到此状态',
  fork: '在副本中试验',
  forget: '删除',
  start: '实验开始时',
  solved: '完成“{{task}}”时',
  beforeReset: '重置“{{task}}”之前',
  beforeResetOfAll: '重置整个实验之前',
  beforeReturn: '回退之前',
  ago: '{{span}}前',
}
