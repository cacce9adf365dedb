#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# facts.sh [SRTCTL]: for the owner of a Mac. Asks the real sandbox-exec about what the
# Seatbelt backend takes for granted, and prints pass, FAIL or "open" (a fact that
# decides nothing here) a line each. Changes nothing outside a directory of its own,
# which it removes. With the absolute path of srtctl, a generated profile is tried as well.
srtctl=${1:-}
tool=/usr/bin/sandbox-exec
failed=0
if [ "$(uname)" != Darwin ] || [ ! -x "$tool" ]; then
    echo "SKIP: this needs macOS"
    exit 77
fi
top=$(mktemp -d /private/tmp/srt-facts.XXXXXX) || exit 1
trap 'chmod -R u+rwX "$top"; rm -rf "$top"' EXIT
mkdir "$top/w" "$top/w/keep" "$top/w/hidden"
echo secret >"$top/w/hidden/f"
echo old >"$top/w/keep/f"
echo plain >"$top/w/plain"

# Everything open but what the rules say: what is asked about is one thing at a time.
open="(version 1)(allow default)"
closed="(version 1)(deny default)(allow process*)(allow sysctl-read)(allow mach-lookup)
(allow file-read*)(allow file-ioctl)(allow file-write* (literal \"/dev/null\"))"

# fact yes|no TEXT PROFILE COMMAND...: whether the command works.
fact() {
    want=$1 text=$2 profile=$3
    shift 3
    if (cd "$top/w" && "$tool" -p "$profile" "$@") >/dev/null 2>&1; then got=yes; else got=no; fi
    case $want in
    "$got") echo "pass  $text" ;;
    open) echo "open  $text: $got" ;;
    *)
        echo "FAIL  $text: $got"
        failed=1
        ;;
    esac
}
w=$top/w

echo "-- which rule wins"
fact yes "special allow beats a later general deny" \
    "$closed(allow file-read-data (subpath \"$w\"))(deny file-read* (literal \"$w/plain\"))(allow file-read-metadata)" cat plain
fact no "of one operation the later rule wins" \
    "$open(allow file-read-data (subpath \"$w\"))(deny file-read-data (literal \"$w/plain\"))" cat plain
fact no "special deny stands against a later general allow" \
    "$closed(deny file-write-unlink (subpath \"$w\"))(allow file-write* (subpath \"$w\"))" mv plain q
fact no "a rule without filter does not beat one with a filter" \
    "$open(deny file-read-data (literal \"$w/plain\"))(allow file-read-data)" cat plain
fact no "a special rule without filter beats a general one" \
    "$closed(deny file-write-unlink)(allow file-write* (subpath \"$w\"))" rm -f plain

echo "-- files"
write="$closed(allow file-write* (subpath \"$w\"))"
fact yes "linking works with file-write* alone" "$write" ln plain linked
fact no "linking is refused for what may not be written" "$write(deny file-write* (subpath \"$w/keep\"))" ln keep/f l2
fact no "moving the directory around is refused by its pin" "$write(deny file-write-unlink (literal \"$w/keep\"))" mv keep q
fact no "moving onto what may not be unlinked is refused" "$write(deny file-write-unlink (literal \"$w/keep/f\"))" \
    perl -e 'exit(rename("plain","keep/f")?0:1)'
fact no "a link does not take the place of what may not be unlinked" "$write(deny file-write-unlink (literal \"$w/keep/f\"))" \
    sh -c 'ln -sf /etc/hosts new-link && perl -e "exit(rename(q(new-link),q(keep/f))?0:1)"'
fact no "moving to a name that may not be made is refused" "$write(deny file-write-create (literal \"$w/named\"))" mv plain named
fact open "... also for what is in a moved directory" "$write(deny file-write-create (subpath \"$w/brought/f\"))" \
    sh -c 'mkdir b && touch b/f && mv b brought'
fact yes "cloning a file works with file-write* alone" "$write" cp -c plain cloned
fact no "vnode-type speaks of file-clone" "$write(deny file-clone (vnode-type DIRECTORY))" \
    perl -e 'exit(syscall(462, -2, "hidden", -2, "copy", 0) == 0 ? 0 : 1)'
fact open "cloning a directory asks only for the directory" "$write(deny file-read* (subpath \"$w/hidden/f\"))" \
    perl -e 'exit(syscall(462, -2, "hidden", -2, "copy2", 0) == 0 ? 0 : 1)'
fact yes "directories can be looked at through a hidden one" \
    "$open(deny file-read* (subpath \"$w/hidden\"))(allow file-read-metadata (vnode-type DIRECTORY))" test -d hidden
fact no "hidden files are not read" "$open(deny file-read* (subpath \"$w/hidden\"))" cat hidden/f
fact no "hidden programs are not run" "$open(deny process-exec* (subpath \"/bin/echo\"))" /bin/echo
fact yes "a hidden root with its own exception starts programs" \
    "$open(deny file-read* (subpath \"/\"))(allow file-read* (literal \"/\") (subpath \"/usr\") (subpath \"/bin\")
(subpath \"/System\") (subpath \"/Library\") (subpath \"/dev\") (subpath \"/private\"))" /bin/echo

echo "-- patterns"
fact no "([^/]*/)* is zero or more directories" "$open(deny file-read* (regex \"^$w/([^/]*/)*plain(/([^/]*/)*[^/]*)?\$\"))" cat plain
fact no "... and the same below" "$open(deny file-read* (regex \"^$w/([^/]*/)*f(/([^/]*/)*[^/]*)?\$\"))" cat keep/f
fact yes "... and nothing else" "$open(deny file-read* (regex \"^$w/([^/]*/)*lain(/([^/]*/)*[^/]*)?\$\"))" cat plain
fact no "alternatives in a group" "$open(deny file-read* (regex \"^$w/(x|keep|y\\\\.z)/f(/([^/]*/)*[^/]*)?\$\"))" cat keep/f
fact open "another spelling is compared as it is on the disk" "$open(deny file-read* (regex \"^$w/keep/f\$\"))" cat KEEP/F
fact no "[^/] matches a newline" "$open(deny file-write-create (regex \"^$w/[^/]*x\$\"))" touch "a
x"
fact no "[pP] holds for both cases" "$open(deny file-write-create (regex \"^$w/[nN][eE][wW]\$\"))" touch nEw
fact open "regex ignores case by itself on this volume" "$open(deny file-write-create (regex \"^$w/newer\$\"))" touch NEWER
fact no "\\xHH in a string is the byte" "$open(deny file-write-create (literal \"$w/a\\x09b\"))" touch "$(printf 'a\tb')"
fact no "[^ -~] is any byte or character beyond ASCII" "$open(deny file-write-create (regex \"^$w/[^ -~][^ -~]?\$\"))" touch é
fact open "a literal folds case where the volume does" "$open(deny file-write-create (literal \"$w/abcd\"))" touch ABCD

echo "-- network"
# shellcheck disable=SC2016
talk='$s=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1")||exit 1;exit(IO::Socket::INET->new(PeerAddr=>"127.0.0.1",PeerPort=>$s->sockport,Timeout=>3)?0:1)'
fact no "remote localhost lets nothing out" "$closed(allow network-outbound (remote ip \"localhost:*\"))" \
    perl -MIO::Socket::INET -e 'exit(IO::Socket::INET->new(PeerAddr=>"1.1.1.1:443",Timeout=>3)?0:1)'
fact no "one port is one port" "$closed(allow network-outbound (remote ip \"localhost:1\"))(allow network-bind network-inbound (local ip \"*:*\"))" \
    perl -MIO::Socket::INET -e "$talk"
fact yes "bind and inbound on every address, outbound to localhost" \
    "$closed(allow network-outbound (remote ip \"localhost:*\"))(allow network-bind network-inbound (local ip \"*:*\"))" \
    perl -MIO::Socket::INET -e "$talk"
fact no "unix sockets are closed by default" "$closed" perl -MIO::Socket::UNIX -e 'exit(IO::Socket::UNIX->new(Peer=>"/var/run/mDNSResponder")?0:1)'

echo "-- words of the profile"
for words in '(allow file-ioctl (require-all (literal "/dev/tty") (ioctl-command TIOCGETA)))' \
    '(allow file-ioctl (require-all (regex "^/dev/ttys[0-9]+$") (require-any (ioctl-command TIOCSETA) (ioctl-command TIOCSETAW) (ioctl-command TIOCSETAF) (ioctl-command TIOCGWINSZ))))' \
    '(deny file-ioctl (ioctl-command 2147578994))' \
    '(allow ipc-posix-sem (ipc-posix-name-prefix "/mp-"))' \
    '(allow ipc-posix-shm-read-data (ipc-posix-name "apple.shm.notification_center"))' \
    '(allow file-read* process-exec* (subpath "/"))' \
    '(deny file-clone (vnode-type DIRECTORY) (with message "x"))'; do
    fact yes "$words" "$open$words" /usr/bin/true
done

echo "-- the log"
records=$top/records
: >"$records"
log stream --style ndjson --predicate 'eventMessage ENDSWITH "_facts_SRT"' >"$records" 2>/dev/null &
log=$!
n=0
while [ $n -lt 10 ] && ! grep -q '^Filtering the log data' "$records"; do
    sleep 1
    n=$((n + 1))
done
said() { # TEXT PATTERN
    if grep -q -- "$2" "$records"; then
        echo "pass  $1"
    else
        echo "FAIL  $1"
        failed=1
    fi
}
"$tool" -p "$open(deny file-read-data (literal \"$w/plain\") (with message \"SRT1_facts_SRT\"))" cat "$w/plain" >/dev/null 2>&1
sleep 2
kill $log
said "log says when it is ready" '^Filtering the log data'
said "a denial is logged with its message" 'Sandbox: cat([0-9]*) deny(1) file-read-data .*nSRT1_facts_SRT'
said "the kernel says it" '"processID" *: *0[,}]'
said "its sandbox says it" '"senderImagePath" *: *"[^"]*Sandbox"'

if [ -n "$srtctl" ]; then
    echo "-- a generated profile"
    (cd "$w" && "$srtctl" plan --backend=seatbelt -- true) | sed -n '/^(version 1)/,$p' >"$top/p.sb"
    if "$tool" -f "$top/p.sb" /bin/sh -c 'echo pass; echo x > '"$w"'/made; cat < /dev/null' | sed 's/^pass/pass  it starts a shell/'; then :; else failed=1; fi
    if [ -f "$w/made" ]; then
        echo "pass  it writes"
    else
        echo "FAIL  it writes"
        failed=1
    fi
    if "$tool" -f "$top/p.sb" touch "$top/outside" 2>/dev/null; then
        echo "FAIL  it writes outside"
        failed=1
    fi
fi
exit $failed
