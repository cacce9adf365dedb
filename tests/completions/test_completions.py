# SPDX-License-Identifier: Apache-2.0
"""Completions in the real shells: an installed tree, an interactive bash and zsh at a terminal, and
fish, which tells what it would complete. Each is asked the same questions."""
import fcntl
import pty
import select
import struct
import termios

from srttest import *

SECONDS = 60  # for an answer on a busy machine


def install(lab):
    """The tree as `cmake --install` makes it; bin first in PATH."""
    tree = os.path.join(lab.top, "tree")
    r = subprocess.run(["cmake", "--install", BUILD, "--prefix", tree], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True)
    expect_eq(r.returncode, 0, r.stdout)
    lab.write("a.json", "{}")
    lab.write("b.txt")
    os.makedirs(os.path.join(lab.work, "sub"))
    return tree, lab.env(PATH=tree + "/bin:/usr/local/bin:/usr/bin:/bin", TERM="xterm", LC_ALL="C", SRT_BACKEND=None,
                         XDG_DATA_DIRS=tree + "/share:/usr/local/share:/usr/share", XDG_DATA_HOME=lab.home + "/data")


class Shell:
    """An interactive shell at a terminal. What a key does is over when the shell reads the next."""

    def __init__(self, lab, words, env, first):
        self.number, self.text = 0, ""
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(lab.work)
            os.execvpe(words[0], words, env)
        self.pid = pid
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 160, 0, 0))
        lab.closers.append(self.close)
        self.run(first)

    def close(self):
        os.close(self.fd)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def until(self, mark):
        end = time.monotonic() + SECONDS
        while mark not in self.text:
            ready, _, _ = select.select([self.fd], [], [], max(0.0, end - time.monotonic()))
            expect(ready, "no %r in %r" % (mark, self.text[-3000:]))
            self.text += os.read(self.fd, 65536).decode("utf-8", "replace")
        before, self.text = self.text.split(mark, 1)
        return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07|[=>()][0B]?)|[\x07\x08]", "", before)

    def run(self, line):
        """Types a line; returns what is on the screen then."""
        self.number += 1
        os.write(self.fd, (line + "\necho E''ND-%d-\n" % self.number).encode())
        return self.until("END-%d-" % self.number)

    def tab(self, line):
        """What was listed, and the words of the line as they are then: a shell that has more to read
        does not always show them."""
        os.write(self.fd, (line + "\t\t\x01printf '<%s>' \x05").encode())
        return self.run("")


def bash(lab):
    need("bash")
    if not os.path.exists("/usr/share/bash-completion/bash_completion"):
        raise Skip("bash-completion is not installed")
    tree, env = install(lab)
    init = lab.write("init", "PS1='$ '\nbind 'set show-all-if-ambiguous on' 'set page-completions off'\n"
                     "bind 'set completion-query-items 0' 'set enable-bracketed-paste off'\n"
                     ". /usr/share/bash-completion/bash_completion\n")
    return Shell(lab, ["bash", "--noprofile", "--rcfile", init, "-i"], env, ":").tab


def zsh(lab):
    need("zsh")
    tree, env = install(lab)
    lab.write(os.path.join(lab.home, ".zshrc"),
              "PS1='$ '\nLISTMAX=10000\nfpath=(%s/share/zsh/site-functions $fpath)\nautoload -U compinit\n"
              "compinit -u -D\nunsetopt automenu\nbindkey -e\n" % tree + ZSH_SHOWS)
    return Shell(lab, ["zsh", "-i"], dict(env, ZDOTDIR=lab.home), ":").tab


# Candidates are printed when they are found: with more to read zsh lists none.
ZSH_SHOWS = r"""
compadd() {
  [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
  local -a found
  builtin compadd -A found "$@"
  (( $#found )) && print -rn -- " $found "
  builtin compadd "$@"
}
"""


def fish(lab):
    need("fish")
    tree, env = install(lab)

    def ask(line):
        r = subprocess.run(["fish", "-c", "complete -C %s" % json.dumps(line)], cwd=lab.work, env=env,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        expect_eq((r.returncode, r.stderr), (0, ""), line)
        return r.stdout
    return ask


def options(*words):
    text = subprocess.run(list(words) + ["--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"^  (?:-.,|   ) (--[a-z-]+)", text, re.M)


def commands():
    text = subprocess.run([SRTCTL, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"^  ([a-z]+) ", text, re.M)


def said(ask, line, wanted, unwanted=()):
    answer = ask(line)
    listed = set(re.findall(r"[A-Za-z0-9_.,:=/-]+", answer))
    for word in wanted:
        expect(any(w == word or w.rstrip("=/") == word or w.endswith((" " + word, "=" + word, "," + word)) for w in listed),
               "%r does not offer %s: %r" % (line, word, answer))
    for word in unwanted:
        expect(word not in listed, "%r offers %s: %r" % (line, word, answer))


def questions(ask):
    said(ask, "srt --", options(SRT))
    said(ask, "srt -s ", ["a.json", "sub"])
    said(ask, "srt --settings a.", ["a.json"])
    said(ask, "srt --backend ", ["bwrap", "landlock"])
    said(ask, "srt --backend=land", ["landlock"])
    said(ask, "srt --allow-unenforced readDeny,net", ["netIsolate", "netProxy"])
    # The command, and what its own completion offers.
    said(ask, "srt -q git chec", ["checkout"])
    said(ask, "srt -s a.json -- git chec", ["checkout"])
    said(ask, "srt -- git chec", ["checkout"])
    said(ask, "srt --debug --settings=a.json git chec", ["checkout"])
    said(ask, "srt --report=json:3 git chec", ["checkout"])
    said(ask, "srt -- gre", ["grep"], ["--settings"])
    said(ask, "srt cat b.", ["b.txt"])
    said(ask, "srtctl ", commands())
    for command in commands():
        said(ask, "srtctl %s --" % command, options(SRTCTL, command))
    said(ask, "srtctl check a", ["a.json"])
    said(ask, "srtctl suggest --write ", ["a.json"])
    said(ask, "srtctl plan --backend ", ["bwrap", "landlock"])
    said(ask, "srtctl plan -- git chec", ["checkout"])
    said(ask, "srtctl plan --settings=a.json --json git chec", ["checkout"])
    said(ask, "srtctl violations --kind read,cr", ["create"])
    said(ask, "srtctl violations --count-by ", ["target", "rule"])
    said(ask, "srtctl explain b.", ["b.txt"])


@case
def in_bash(lab):
    questions(bash(lab))


@case
def in_zsh(lab):
    questions(zsh(lab))


@case
def in_fish(lab):
    questions(fish(lab))


if __name__ == "__main__":
    main()
