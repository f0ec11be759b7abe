/** What the doctor looked at, found and advises, under `doctor.*`. */
import type { Localized } from '../words.js'

export const doctorMessages = {
  'doctor.engine.title': { en: 'Engine', zh: '引擎' },
  'doctor.engine.found': { en: '{engine}, {version}: ready', zh: '{engine}，{version}：可用' },
  'doctor.engine.missing': { en: '{engine} does not answer: {why}', zh: '{engine} 没有响应：{why}' },
  'doctor.sandbox.title': { en: 'Sandbox for shells', zh: '终端沙箱' },
  'doctor.sandbox.cgroups': {
    en: '{holder}; control groups hold each environment to its memory and processes',
    zh: '{holder}；由控制组限制每个环境的内存和进程',
  },
  'doctor.sandbox.watch': {
    en: '{holder}; the server watches the memory and processes of each environment, since it may make no control groups',
    zh: '{holder}；无法创建控制组，由服务器监视每个环境的内存和进程',
  },
  'doctor.sandbox.missing': {
    en: 'none ({why}): shells run with the rights of this account, for a single user on this computer who agrees to it once',
    zh: '没有（{why}）：终端以当前账户的权限运行，仅限本机的单个用户，且须先同意一次',
  },
  'doctor.sandbox.remedy': {
    en: 'The simulated engine keeps shells in Linux namespaces. Install bubblewrap (or util-linux and iproute2), allow unprivileged user namespaces, or use the kind engine.',
    zh: '模拟引擎把终端放在 Linux 命名空间中运行。请安装 bubblewrap（或 util-linux 和 iproute2），允许非特权用户命名空间，或改用 kind 引擎。',
  },
  'doctor.disk.title': { en: 'Disk space for the database', zh: '数据库所在磁盘的空间' },
  'doctor.disk.found': { en: '{free} free of {total}; {floor} must stay free', zh: '总计 {total}，剩余 {free}；须保留 {floor}' },
  'doctor.disk.remedy': {
    en: 'Free some space, delete environments that you no longer need, or lower `environments.diskFloorGb`.',
    zh: '请释放空间、删除不再需要的环境，或调低 `environments.diskFloorGb`。',
  },
  'doctor.store.title': { en: 'Database', zh: '数据库' },
  'doctor.store.found': { en: '{database} answers in {ms} ms', zh: '{database} 在 {ms} 毫秒内响应' },
  'doctor.containers.title': { en: 'Container engine', zh: '容器引擎' },
  'doctor.containers.found': { en: '{program} {version} answers', zh: '{program} {version} 可用' },
  'doctor.containers.missing': { en: '{program} does not answer: {why}', zh: '{program} 没有响应：{why}' },
  'doctor.containers.old': {
    en: 'Update {program}: 20.10 is the oldest that works.',
    zh: '请升级 {program}：最低需要 20.10 版本。',
  },
  'doctor.cgroup.title': { en: 'Control groups', zh: '控制组（cgroup）' },
  'doctor.cgroup.found': { en: 'version {version}', zh: '版本 {version}' },
  'doctor.cgroup.remedy': {
    en: 'It works, but Kubernetes gives version 1 up. Most systems of this age start with version 2 by `systemd.unified_cgroup_hierarchy=1` on the kernel command line.',
    zh: '目前可用，但 Kubernetes 正在弃用版本 1。多数系统在内核命令行中加入 `systemd.unified_cgroup_hierarchy=1` 即可使用版本 2。',
  },
  'doctor.memory.title': { en: 'Memory', zh: '内存' },
  'doctor.memory.found': { en: '{memory} in all for containers', zh: '容器可用内存共 {memory}' },
  'doctor.memory.remedy': {
    en: 'An environment takes 0.7 to 2 GB. Give the container engine more memory (on a desktop: in its settings), or run fewer environments.',
    zh: '一个环境占用 0.7 至 2 GB。请为容器引擎分配更多内存（桌面系统在其设置中调整），或减少同时运行的环境。',
  },
  'doctor.image-disk.title': { en: 'Disk space for images and machines', zh: '镜像和机器所在磁盘的空间' },
  'doctor.image-disk.found': { en: '{free} free at {directory}', zh: '{directory} 剩余 {free}' },
  'doctor.image-disk.unknown': {
    en: 'the container engine keeps its disk elsewhere (a virtual machine or another computer)',
    zh: '容器引擎的磁盘不在本机（位于虚拟机或其他计算机）',
  },
  'doctor.image-disk.remedy': {
    en: 'Images take about 4 GB and an environment 1 to 3 GB. Free some space (`docker image prune`), or delete environments.',
    zh: '镜像约占 4 GB，每个环境占 1 至 3 GB。请释放空间（`docker image prune`）或删除环境。',
  },
  'doctor.inotify.title': { en: 'File watches (inotify)', zh: '文件监视（inotify）' },
  'doctor.inotify.found': { en: '{watches} watches, {instances} instances', zh: '{watches} 个监视，{instances} 个实例' },
  'doctor.inotify.unknown': { en: 'not a setting of this system', zh: '本系统没有此设置' },
  'doctor.inotify.remedy': {
    en: 'Several clusters at once fail with "too many open files". Run `sudo sysctl fs.inotify.max_user_watches=655360 fs.inotify.max_user_instances=1280`, and write both into /etc/sysctl.d/90-kind.conf.',
    zh: '同时运行多个集群会因 “too many open files” 而失败。请运行 `sudo sysctl fs.inotify.max_user_watches=655360 fs.inotify.max_user_instances=1280`，并写入 /etc/sysctl.d/90-kind.conf。',
  },
  'doctor.later': { en: 'known once {program} answers', zh: '{program} 可用后才能得知' },
  'doctor.kind.title': { en: 'kind', zh: 'kind' },
  'doctor.kubectl.title': { en: 'kubectl', zh: 'kubectl' },
  'doctor.tool.found': { en: '{version} at {path}', zh: '{version}，位于 {path}' },
  'doctor.tool.download': {
    en: '{oldest} or newer is not on this computer; a pinned release is downloaded when it is needed. Without a network, put {tool} into a folder and name it in `tools.directory`.',
    zh: '本机没有 {oldest} 或更新版本；需要时会下载固定版本。没有网络时，请把 {tool} 放入一个目录，并在 `tools.directory` 中指定它。',
  },
  'doctor.machine-image.title': { en: 'Image of the machines', zh: '机器镜像' },
  'doctor.machine-image.found': { en: 'built for Kubernetes {kubernetes}', zh: '已为 Kubernetes {kubernetes} 构建' },
  'doctor.machine-image.later': {
    en: 'not built so far for Kubernetes {kubernetes}; the first environment builds it, `npx wheelhouse images pull` does it now',
    zh: '尚未为 Kubernetes {kubernetes} 构建；首个环境会构建它，`npx wheelhouse images pull` 可立即构建',
  },
  'doctor.machine-image.incomplete': { en: 'built without {tools}', zh: '构建时缺少 {tools}' },
  'doctor.machine-image.remedy': {
    en: 'Put the missing programs into a folder, name it in `tools.directory`, and run `npx wheelhouse images pull --rebuild`.',
    zh: '请把缺少的程序放入一个目录，在 `tools.directory` 中指定它，然后运行 `npx wheelhouse images pull --rebuild`。',
  },
  'doctor.containers.remedy': {
    en: 'Start {program} (on a desktop: open its application), and see that this account may use it: `{program} info` must answer.',
    zh: '请启动 {program}（桌面系统请打开其应用程序），并确认当前账户有权使用：`{program} info` 应能正常返回。',
  },
} as const satisfies Record<`doctor.${string}`, Localized>
