/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of git that run programs, load more settings, or write where git otherwise
 * does not: X(section, key, when, reason). Private to git_config_judge.c.
 *
 * section and key may hold '*'. A subsection may stand between them or not. when:
 * ALWAYS; NOT_BOOLEAN: a truth value is harmless; COMMAND: a value that begins with '!'
 * or '-' (an alias that begins with an option can set any setting). */
#ifndef SRT_RUN_GIT_CONFIG_TABLE_H
#define SRT_RUN_GIT_CONFIG_TABLE_H

#define SRT_GIT_CONFIG_TABLE(X)                                                                    \
    X("core", "hookspath", ALWAYS, "git runs the hooks in that directory")                         \
    X("core", "fsmonitor", NOT_BOOLEAN, "git runs it to look for changes")                         \
    X("core", "sshcommand", ALWAYS, "git runs it to connect")                                      \
    X("core", "gitproxy", ALWAYS, "git runs it to connect")                                        \
    X("core", "editor", ALWAYS, "git runs it to edit messages")                                    \
    X("core", "pager", ALWAYS, "git runs it to show its output")                                   \
    X("core", "askpass", ALWAYS, "git runs it to ask for passwords")                               \
    X("core", "alternaterefscommand", ALWAYS, "git runs it to list references")                    \
    X("core", "attributesfile", ALWAYS, "git chooses filter commands by it")                       \
    X("hook", "*", ALWAYS, "git runs it as a hook")                                                \
    X("sequence", "editor", ALWAYS, "git runs it to edit lists of commits")                        \
    X("pager", "*", NOT_BOOLEAN, "git runs it to show the output of a command")                    \
    X("alias", "*", COMMAND, "git runs it in place of a command")                                  \
    X("diff", "external", ALWAYS, "git runs it to compare files")                                  \
    X("diff", "command", ALWAYS, "git runs it to compare files")                                   \
    X("diff", "textconv", ALWAYS, "git runs it to compare files")                                  \
    X("interactive", "difffilter", ALWAYS, "git runs it to show changes")                          \
    X("merge", "driver", ALWAYS, "git runs it to merge files")                                     \
    X("mergetool", "cmd", ALWAYS, "git runs it to merge files")                                    \
    X("mergetool", "path", ALWAYS, "git runs it to merge files")                                   \
    X("difftool", "cmd", ALWAYS, "git runs it to compare files")                                   \
    X("difftool", "path", ALWAYS, "git runs it to compare files")                                  \
    X("guitool", "cmd", ALWAYS, "git gui runs it")                                                 \
    X("filter", "*", ALWAYS, "git runs it when files are checked in or out")                       \
    X("lfs", "path", ALWAYS, "git-lfs runs it")                                                    \
    X("lfs", "clean", ALWAYS, "git-lfs runs it")                                                   \
    X("lfs", "smudge", ALWAYS, "git-lfs runs it")                                                  \
    X("lfs", "standalonetransferagent", ALWAYS, "git-lfs runs it")                                 \
    X("credential", "helper", ALWAYS, "git runs it to find passwords")                             \
    X("gpg", "program", ALWAYS, "git runs it to sign and verify")                                  \
    X("gpg", "defaultkeycommand", ALWAYS, "git runs it to find keys")                              \
    X("trailer", "command", ALWAYS, "git runs it to write messages")                               \
    X("trailer", "cmd", ALWAYS, "git runs it to write messages")                                   \
    X("include", "path", ALWAYS, "git takes more settings from there")                             \
    X("includeif", "path", ALWAYS, "git takes more settings from there")                           \
    X("init", "templatedir", ALWAYS, "git copies hooks from there")                                \
    X("remote", "uploadpack", ALWAYS, "git runs it to fetch")                                      \
    X("remote", "receivepack", ALWAYS, "git runs it to push")                                      \
    X("remote", "vcs", ALWAYS, "git runs a helper of that name")                                   \
    X("uploadpack", "packobjectshook", ALWAYS, "git runs it to serve a repository")                \
    X("uploadarchive", "*", ALWAYS, "git may run programs to serve a repository")                  \
    X("tar", "command", ALWAYS, "git runs it to make archives")                                    \
    X("protocol", "allow", ALWAYS, "it can allow addresses that are commands")                     \
    X("submodule", "update", COMMAND, "git runs it to update a submodule")                         \
    X("gc", "recentobjectshook", ALWAYS, "git runs it to clean up")                                \
    X("sendemail", "smtpserver", ALWAYS, "git send-email runs it")                                 \
    X("sendemail", "sendmailcmd", ALWAYS, "git send-email runs it")                                \
    X("sendemail", "tocmd", ALWAYS, "git send-email runs it")                                      \
    X("sendemail", "cccmd", ALWAYS, "git send-email runs it")                                      \
    X("sendemail", "headercmd", ALWAYS, "git send-email runs it")                                  \
    X("imap", "tunnel", ALWAYS, "git runs it to connect")                                          \
    X("browser", "*", ALWAYS, "git runs it to show pages")                                         \
    X("man", "*", ALWAYS, "git runs it to show pages")                                             \
    X("instaweb", "*", NOT_BOOLEAN, "git runs it to show pages")                                   \
    X("help", "browser", ALWAYS, "git runs it to show pages")                                      \
    X("web", "browser", ALWAYS, "git runs it to show pages")                                       \
    X("gitcvs", "*", NOT_BOOLEAN, "a git server may run it")                                       \
    X("svn-remote", "*", ALWAYS, "git-svn may run programs by it")                                 \
    X("git-p4", "*", NOT_BOOLEAN, "git-p4 may run programs by it")

#endif
