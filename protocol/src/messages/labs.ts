/** Texts about labs that the server says: why an engine cannot run one, and the like. */
import type { Localized } from '../words.js'

export const labMessages = {
  'lab.unsupported.needs': {
    en: 'This lab needs {need:need}, which the engine "{engine}" does not offer.',
    zh: '此实验需要{need:need}，而引擎“{engine}”不提供。',
  },
  'lab.unsupported.nodes': {
    en: 'This lab needs {nodes} nodes, and the engine "{engine}" offers {most} at most.',
    zh: '此实验需要 {nodes} 个节点，而引擎“{engine}”最多提供 {most} 个。',
  },
  'lab.unsupported.control-planes': {
    en: 'This lab needs {count} control planes, which the engine "{engine}" does not offer.',
    zh: '此实验需要 {count} 个控制平面节点，而引擎“{engine}”不提供。',
  },
  'lab.unsupported.kubernetes': {
    en: 'This lab needs Kubernetes {version}, which the engine "{engine}" does not offer.',
    zh: '此实验需要 Kubernetes {version}，而引擎“{engine}”不提供。',
  },
  'lab.unsupported.addon': {
    en: 'This lab needs the add-on {addon}, which the engine "{engine}" does not offer.',
    zh: '此实验需要附加组件 {addon}，而引擎“{engine}”不提供。',
  },
  'need.api': { en: 'a Kubernetes API', zh: ' Kubernetes API' },
  'need.pods': { en: 'running Pods', zh: '可运行的 Pod' },
  'need.network': { en: 'a Pod network', zh: ' Pod 网络' },
  'need.nodes': { en: 'real nodes', zh: '真实节点' },
  'need.addons': { en: 'add-ons on real nodes', zh: '真实节点上的附加组件' },
} as const satisfies Record<string, Localized>
