/** The shell scripts that furnish a sandbox. They run as process 1 of fresh namespaces, as root of a user namespace that owns nothing else. */

/** Loopback needs one ioctl, for which any of four programs will do; a fresh network namespace has it down. */
const loopback = `
up() {
  ip link set lo up 2>/dev/null && return
  perl -e 'socket(S,2,2,0) or die; ioctl(S,0x8914,pack("a16 s x22","lo",0x41)) or die' 2>/dev/null && return
  python3 -c 'import fcntl,socket,struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 0x41))' 2>/dev/null && return
  busybox ip link set lo up 2>/dev/null && return
  echo "no program can bring loopback up (ip, perl, python3 or busybox)" >&2
  exit 1
}
up`

/** Says that all is in place, and holds it. Whoever ends everything inside ends this sleep too; process 1 stays. */
const stay = `
echo ready
trap 'exit 0' TERM
while :; do sleep 86400 & wait $! || true; done`

/**
 * Reads WH_DIRECTORY (home, tmp), WH_TOOLS (lines name=path), WH_ETC (names of files for /etc), WH_HIDDEN (lines of folders).
 * What can only be read is made so last, mount by mount: a mount that refuses keeps its owner's rights, which are nobody's.
 */
const main = `
set -e
${loopback}
mount --make-rprivate /
hostname base 2>/dev/null || true
for name in $WH_ETC; do mount --bind "$WH_DIRECTORY/$name" "/etc/$name"; done
mkdir -p "$WH_DIRECTORY/hole"
mount -t tmpfs -o size=64k,mode=755 tmpfs "$WH_DIRECTORY/hole"
mkdir "$WH_DIRECTORY/hole/candidate" "$WH_DIRECTORY/hole/tools"
mount --bind "$WH_DIRECTORY/home" "$WH_DIRECTORY/hole/candidate"
printf '%s\\n' "$WH_TOOLS" | while IFS='=' read -r name path; do
  [ -n "$name" ] || continue
  : > "$WH_DIRECTORY/hole/tools/$name"
  mount --bind "$path" "$WH_DIRECTORY/hole/tools/$name"
done
mount --rbind "$WH_DIRECTORY/hole" /home
mkdir -p "$WH_DIRECTORY/tmp" && mount --bind "$WH_DIRECTORY/tmp" /tmp
for folder in /root /run; do
  if [ -d $folder ]; then mount -t tmpfs -o size=64k,mode=700 tmpfs $folder; fi
done
printf '%s\\n' "$WH_HIDDEN" | while read -r folder; do
  if [ -n "$folder" ] && [ -d "$folder" ]; then mount -t tmpfs -o size=64k,mode=700 tmpfs "$folder"; fi
done
mount -t proc proc /proc
mount -o remount,bind,ro / 2>/dev/null || true
while read -r _ point _; do
  case "$point" in / | /home | /home/* | /tmp | /proc | /proc/* | /dev | /dev/* | /root | /run) ;; *) mount -o remount,bind,ro "$point" 2>/dev/null || true ;; esac
done < /proc/mounts
${stay}`

export const HOLDER_SCRIPT = { loopback, main, stay }
