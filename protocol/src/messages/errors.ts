/**
 * What an error says to the person who meets it: what happened, then what to do. One entry an error code, both languages side by
 * side. `{step:step}` means "the title of the step whose name is the value `step`". docs/errors.md explains the same codes at length.
 */
import type { ErrorCode } from '../errors.js'
import type { Localized } from '../words.js'

export const errorMessages = {
  'error.BAD_REQUEST': {
    en: 'The request was not understood: {problem}. Reload the page; if it comes back, report it.',
    zh: '无法理解该请求：{problem}。请刷新页面；若仍出现，请反馈给维护者。',
  },
  'error.NOT_SIGNED_IN': {
    en: 'You are not signed in. Open the address that the server printed at its start, or ask for a personal link.',
    zh: '你尚未登录。请打开服务器启动时打印的地址，或索取个人登录链接。',
  },
  'error.SIGN_IN_LINK_INVALID': {
    en: 'This sign-in link was already used, has expired or is incomplete. Run `npx wheelhouse learner link {name}` where the server runs for a new one.',
    zh: '此登录链接已被使用、已过期或不完整。请在服务器所在的机器上运行 `npx wheelhouse learner link {name}` 获取新链接。',
  },
  'error.FORBIDDEN': {
    en: 'Only the owner of this installation may do that. Ask the owner.',
    zh: '只有本安装的所有者可以执行此操作。请联系所有者。',
  },
  'error.WRONG_ORIGIN': {
    en: 'The request came from another site ({origin}) and was refused. Work in the page that this server serves.',
    zh: '该请求来自其他站点（{origin}），已被拒绝。请在本服务器提供的页面中操作。',
  },
  'error.WRONG_HOST': {
    en: 'This server does not answer under the name {host}. Open it under the address that it printed, or set `http.publicUrl`.',
    zh: '本服务器不以 {host} 这一名称提供服务。请使用它打印的地址，或设置 `http.publicUrl`。',
  },
  'error.NOT_FOUND': {
    en: 'There is nothing here under this address, or it is not yours. Go back to the labs.',
    zh: '此地址下没有内容，或者它不属于你。请返回实验列表。',
  },
  'error.CONFLICT': {
    en: 'This cannot be done right now: {why}. Wait until it has ended, then try again.',
    zh: '现在无法执行此操作：{why}。请等它结束后再试。',
  },
  'error.TOO_MANY_REQUESTS': {
    en: 'Too many requests in a short time. Wait {seconds} s, then try again.',
    zh: '短时间内请求过多。请等待 {seconds} 秒后再试。',
  },
  'error.QUOTA_REACHED': {
    en: 'You have as many running environments as you may ({count} of {limit}). Stop or delete one under "Environments", then start again.',
    zh: '你运行中的环境已达上限（{count} / {limit}）。请在“环境”页面停止或删除一个，然后重新开始。',
  },
  'error.INTERNAL': {
    en: 'Something went wrong on our side. Try again; if it comes back, give the reference to whoever runs this server.',
    zh: '服务器内部出错。请重试；若仍出现，请把参考编号告诉服务器的管理者。',
  },
  'error.ENGINE_UNAVAILABLE': {
    en: 'The engine "{engine}" does not answer ({why}). Start it (for kind: start Docker), then try again. `npx wheelhouse doctor` tells more.',
    zh: '引擎“{engine}”没有响应（{why}）。请先启动它（kind 引擎需要启动 Docker），然后重试。`npx wheelhouse doctor` 可查看详情。',
  },
  'error.ENGINE_UNSUPPORTED': {
    en: 'The engine "{engine}" cannot do this: {what}. Choose another lab, or start the server with another engine.',
    zh: '引擎“{engine}”不支持：{what}。请选择其他实验，或使用其他引擎启动服务器。',
  },
  'error.ENGINE_STEP_FAILED': {
    en: 'The environment did not start: it stopped at "{step:step}". The log shows the command and what it printed. Nothing was kept unless you asked for it, so you can start again.',
    zh: '环境未能启动：在“{step:step}”这一步停止。日志中有失败的命令及其输出。除非你要求保留，否则没有残留，可以重新开始。',
  },
  'error.ENGINE_TIMEOUT': {
    en: 'The environment did not get ready: "{step:step}" took longer than {seconds} s. Start again; if it happens twice, run `npx wheelhouse doctor`.',
    zh: '环境未能就绪：“{step:step}”超过了 {seconds} 秒。请重新开始；若再次发生，请运行 `npx wheelhouse doctor`。',
  },
  'error.ENGINE_NO_SPACE': {
    en: 'The environment did not start: at "{step:step}" the disk of the container engine was full. Delete environments that you do not need, or run `docker system prune`, then start again. `npx wheelhouse doctor` shows how much is free.',
    zh: '环境未能启动：在“{step:step}”这一步，容器引擎的磁盘已满。请删除不需要的环境，或运行 `docker system prune`，然后重新开始。`npx wheelhouse doctor` 会显示剩余空间。',
  },
  'error.ENGINE_ABORTED': {
    en: 'The work was cancelled, and what existed of it was removed. Start again whenever you like.',
    zh: '操作已取消，已创建的部分已清除。你可以随时重新开始。',
  },
  'error.IMAGE_MISSING': {
    en: 'The image {image} is not on this computer and could not be pulled. Run `npx wheelhouse images pull`, or load it with `npx wheelhouse images load`.',
    zh: '本机没有镜像 {image}，且无法拉取。请运行 `npx wheelhouse images pull`，或用 `npx wheelhouse images load` 导入。',
  },
  'error.ARCHIVE_UNREADABLE': {
    en: '{file} could not be loaded; below is what the container engine says of it. If it is not a whole archive of images, make one with `npx wheelhouse images save FILE` on a computer with a network, and copy it anew.',
    zh: '无法导入 {file}，容器引擎给出的原因见下。如果它不是完整的镜像归档，请在有网络的计算机上用 `npx wheelhouse images save 文件名` 生成，并重新复制。',
  },
  'error.FILE_UNUSABLE': {
    en: '{path} cannot be used: {why}.',
    zh: '无法使用 {path}：{why}。',
  },
  'error.TOOL_MISSING': {
    en: 'The program {tool} is needed and was not found. Install it, or name a folder that has it in `tools.directory`.',
    zh: '缺少所需的程序 {tool}。请安装它，或在 `tools.directory` 中指定包含它的目录。',
  },
  'error.DOWNLOAD_FAILED': {
    en: 'Downloading {what} failed: {why}. Check the network and try again, or name a folder that has it in `tools.directory`.',
    zh: '下载 {what} 失败：{why}。请检查网络后重试，或在 `tools.directory` 中指定包含它的目录。',
  },
  'error.DISK_FULL': {
    en: 'Only {free} of disk space is left, and {floor} must stay free. Free some space (`docker image prune`, old environments), then try again.',
    zh: '磁盘仅剩 {free}，必须保留 {floor}。请释放空间（`docker image prune`、删除旧环境）后重试。',
  },
  'error.ENVIRONMENT_NOT_READY': {
    en: 'The environment is not running. Start it, wait until it is ready, then try again.',
    zh: '环境未在运行。请先启动它，待其就绪后重试。',
  },
  'error.ENVIRONMENT_BROKEN': {
    en: 'The environment cannot come back: {why}. Rebuild it: your points and progress stay, what was in the cluster is made new.',
    zh: '环境无法恢复：{why}。请重建环境：得分和进度会保留，集群中的内容将重新创建。',
  },
  'error.TERMINAL_LOST': {
    en: 'This shell has ended, or its machine was stopped. Open a new one.',
    zh: '此终端会话已结束，或其所在机器已停止。请打开新的终端。',
  },
  'error.TERMINALS_FULL': {
    en: 'This environment already has {limit} terminals. Close one that you do not need.',
    zh: '此环境已有 {limit} 个终端。请先关闭不需要的终端。',
  },
  'error.CHECKPOINT_TOO_LARGE': {
    en: 'This state cannot be kept: the packed home would take more than {most}. Delete large files that you do not need.',
    zh: '无法保存此状态：打包后的主目录将超过 {most}。请删除不需要的大文件。',
  },
  'error.CHECKPOINTS_FULL': {
    en: 'This environment already keeps {limit} states of yours. Delete one that you do not need.',
    zh: '此环境已保存 {limit} 个你自己的状态。请先删除不需要的状态。',
  },
  'error.SETUP_FAILED': {
    en: 'The task could not be brought to its start. The log shows the command and what it printed. Reset the task to try again.',
    zh: '任务未能准备好。日志中有失败的命令及其输出。请重置任务以重试。',
  },
  'error.GRADING_FAILED': {
    en: 'The task could not be graded, and nothing was counted. Check again; if it comes back, report it with the reference.',
    zh: '任务未能评分，也没有计入任何结果。请再次检查；若仍出现，请附上参考编号反馈。',
  },
  'error.REVEAL_REFUSED': {
    en: 'Hints and solutions are not available in this mode.',
    zh: '当前模式下不提供提示和答案。',
  },
  'error.CONFIG_INVALID': {
    en: 'The configuration has mistakes:\n{problems}',
    zh: '配置有误：\n{problems}',
  },
  'error.PORT_TAKEN': {
    en: 'Port {port} on {host} is in use by another program. Choose another one: `npm start -- --port {other}`.',
    zh: '{host} 的端口 {port} 已被其他程序占用。请换一个端口：`npm start -- --port {other}`。',
  },
  'error.ADDRESS_UNUSABLE': {
    en: 'The server cannot listen on {host}:{port}: {why}. Choose another address with `--host` and `--port`.',
    zh: '服务器无法监听 {host}:{port}：{why}。请用 `--host` 和 `--port` 选择其他地址。',
  },
  'error.DATA_DIRECTORY_IN_USE': {
    en: 'Another server ({who}) already uses {directory}. Stop it first, or choose another folder with `--data-dir`.',
    zh: '另一个服务器（{who}）正在使用 {directory}。请先停止它，或用 `--data-dir` 选择其他目录。',
  },
  'error.DATA_DIRECTORY_UNUSABLE': {
    en: 'The data directory {directory} cannot be used: {why}. Mend its permissions, or choose another folder with `--data-dir`.',
    zh: '数据目录 {directory} 无法使用：{why}。请修正其权限，或用 `--data-dir` 选择其他目录。',
  },
  'error.STORE_TOO_NEW': {
    en: 'The database was written by a newer version (it knows the migration {migration}, this version does not). Update Wheelhouse, or restore a backup.',
    zh: '数据库由更新的版本写入（它包含本版本没有的迁移 {migration}）。请升级 Wheelhouse，或恢复备份。',
  },
  'error.STORE_UNAVAILABLE': {
    en: 'The database does not answer: {why}. Check `store.url` and that the database runs.',
    zh: '数据库没有响应：{why}。请检查 `store.url`，并确认数据库正在运行。',
  },
  'error.LEARNER_EXISTS': {
    en: 'There is already a learner named {name}. Choose another name, or run `npx wheelhouse learner link {name}` for a new sign-in link.',
    zh: '已存在名为 {name} 的学员。请换一个名字，或运行 `npx wheelhouse learner link {name}` 获取新的登录链接。',
  },
  'error.LEARNER_NAME_INVALID': {
    en: '“{name}” cannot be the name of a learner. A name has 1 to 64 letters, digits, spaces and . _ @ - and begins with a letter or a digit.',
    zh: '“{name}”不能作为学员的名字。名字由 1 到 64 个字母、数字、空格和 . _ @ - 组成，并以字母或数字开头。',
  },
  'error.LEARNER_UNKNOWN': {
    en: 'There is no learner named {name}. `npx wheelhouse learner list` shows who there is.',
    zh: '没有名为 {name} 的学员。`npx wheelhouse learner list` 可查看所有学员。',
  },
  'error.SERVER_NOT_RUNNING': {
    en: 'No server runs for {directory}. Start it with `npm start`, or choose another folder with `--data-dir`.',
    zh: '{directory} 没有正在运行的服务器。请用 `npm start` 启动，或用 `--data-dir` 选择其他目录。',
  },
  'error.CHOICE_UNCLEAR': {
    en: 'It is not clear which one is meant by “{wanted}”. There is:{choices}',
    zh: '无法确定“{wanted}”指的是哪一个。现有：{choices}',
  },
  'error.LEARNERS_NOT_TRUSTED': {
    en: 'Root on a kind node is root on the computer that runs it, so learners besides the owner need your consent: start the server with `--trust-learners`, or use an engine on another machine. docs/security.md explains.',
    zh: 'kind 节点上的 root 等同于宿主机上的 root，因此除所有者之外的学员需要你的明确同意：请用 `--trust-learners` 启动服务器，或使用其他机器上的引擎。详见 docs/security.md。',
  },
  'error.SANDBOX_UNCONFIRMED': {
    en: 'This computer has no sandbox for shells ({why}). They would run with the rights of the account that runs Wheelhouse, and the owner has not agreed to that. Agree, or use the kind engine.',
    zh: '本机没有可用于终端的沙箱（{why}）。终端将以运行 Wheelhouse 的账户的权限运行，而所有者尚未同意。请先同意，或改用 kind 引擎。',
  },
  'error.SANDBOX_SHARED': {
    en: 'This computer has no sandbox for shells ({why}), and this server has more than one learner: shells would run with the rights of the account that runs Wheelhouse and could read what belongs to others. Use the kind engine, or a Linux computer where namespaces are allowed.',
    zh: '本机没有可用于终端的沙箱（{why}），而本服务器有多名学员：终端将以运行 Wheelhouse 的账户的权限运行，能读取他人的内容。请改用 kind 引擎，或使用允许命名空间的 Linux 计算机。',
  },
  'error.SANDBOX_EXPOSED': {
    en: 'This computer has no sandbox for shells ({why}), and this server answers beyond this computer: shells would run with the rights of the account that runs Wheelhouse. Let it listen on 127.0.0.1 without `http.publicUrl`, `http.allowedHosts` and `http.trustProxy`, or use the kind engine.',
    zh: '本机没有可用于终端的沙箱（{why}），而本服务器可从其他计算机访问：终端将以运行 Wheelhouse 的账户的权限运行。请让它只监听 127.0.0.1，并且不设置 `http.publicUrl`、`http.allowedHosts` 和 `http.trustProxy`，或改用 kind 引擎。',
  },
} as const satisfies Record<`error.${ErrorCode}`, Localized>
