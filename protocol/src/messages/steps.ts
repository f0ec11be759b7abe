/** Titles of the named steps of long work, under `step.NAME`. Engines and setups add theirs here. */
import type { Localized } from '../words.js'

export const stepMessages = {
  'step.wait-turn': { en: 'Waiting for a free place', zh: '等待空闲名额' },
  'step.tools': { en: 'Getting kind ready', zh: '准备 kind' },
  'step.machine-image': {
    en: 'Preparing the image of the machines (minutes the first time)',
    zh: '准备机器镜像（首次需要几分钟）',
  },
  'step.lab-images': { en: 'Getting the images of the lab', zh: '获取实验所需的镜像' },
  'step.network': { en: 'Setting up a private network', zh: '创建独立网络' },
  'step.machines': { en: 'Starting the machines', zh: '启动机器' },
  'step.control-plane': { en: 'Starting the control plane', zh: '启动控制平面' },
  'step.join': { en: 'Joining the other nodes', zh: '将其他节点加入集群' },
  'step.ready': { en: 'Waiting until every node is Ready', zh: '等待所有节点就绪' },
  'step.workstation': { en: 'Preparing the workstation', zh: '准备工作站' },
  'step.addons': { en: 'Putting add-ons into the cluster', zh: '安装附加组件' },
  'step.load-images': { en: 'Bringing images to the nodes', zh: '将镜像导入节点' },
  'step.images': { en: 'Getting the images', zh: '获取镜像' },
  'step.start-machines': { en: 'Starting the machines again', zh: '重新启动机器' },
  'step.start-cluster': { en: 'Waiting for the cluster to come back', zh: '等待集群恢复' },
} as const satisfies Record<`step.${string}`, Localized>
