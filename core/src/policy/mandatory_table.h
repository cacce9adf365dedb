/* SPDX-License-Identifier: Apache-2.0 */
/* The protected names: X(scope, name, flags, reason). Private to mandatory.c.
 *
 * What belongs here: a file that some program outside the sandbox takes commands
 * from without being asked, and that ordinary work in a project does not write.
 *
 * What does not, and why:
 *  - the project's own code in every form: Makefile, package.json, .husky,
 *    .github, .pre-commit-config.yaml, .devcontainer, .gitattributes. Writing it
 *    is what the sandboxed command is there for, and people review it.
 *  - texts for agents (AGENTS.md, CLAUDE.md, .cursor/rules): instructions, not
 *    commands; edited all the time.
 *  - .envrc: direnv itself refuses a changed one until it is allowed again.
 *  - a project's .npmrc and .editorconfig: often generated; the one at home is here.
 *  - ~/.claude.json: its owner rewrites it at every start and would not run.
 *  - directories of programs (~/.local/bin, ~/.cargo/bin): they are what installers
 *    write to when somebody makes the home directory writable, and no list of them
 *    could be complete. */
#ifndef SRT_POLICY_MANDATORY_TABLE_H
#define SRT_POLICY_MANDATORY_TABLE_H

#define SRT_MANDATORY_TABLE(X)                                                                 \
    /* git */                                                                                  \
    X(ANYWHERE, ".gitconfig", 0, "git runs the commands named in it")                          \
    X(ANYWHERE, ".gitmodules", 0, "git takes commands and addresses of submodules from it")    \
    X(ANYWHERE, ".git/hooks", SRT_MANDATORY_GIT_DIR, "git runs what lies in it")               \
    X(ANYWHERE, ".git/config", SRT_MANDATORY_GIT_DIR | SRT_MANDATORY_GIT_CONFIG,               \
      "git runs the commands named in it")                                                     \
    X(ANYWHERE, ".git/config.worktree", SRT_MANDATORY_GIT_DIR,                                 \
      "git runs the commands named in it")                                                     \
    X(ANYWHERE, ".git/info/attributes", SRT_MANDATORY_GIT_DIR,                                 \
      "git chooses filter commands by it")                                                     \
    X(ANYWHERE, ".git/commondir", SRT_MANDATORY_GIT_DIR,                                       \
      "git takes configuration and hooks from where it points")                                \
    X(ANYWHERE, ".git", SRT_MANDATORY_FILE_ONLY,                                               \
      "git takes configuration and hooks from where it points")                                \
    /* shells */                                                                               \
    X(ANYWHERE, ".bashrc", 0, "a shell runs it at its start")                                  \
    X(ANYWHERE, ".bash_profile", 0, "a shell runs it at its start")                            \
    X(ANYWHERE, ".profile", 0, "a shell runs it at its start")                                 \
    X(ANYWHERE, ".zshrc", 0, "a shell runs it at its start")                                   \
    X(ANYWHERE, ".zprofile", 0, "a shell runs it at its start")                                \
    X(HOME, ".zshenv", 0, "a shell runs it at its start")                                      \
    X(HOME, ".zlogin", 0, "a shell runs it at its start")                                      \
    X(HOME, ".zlogout", 0, "a shell runs it at its end")                                       \
    X(HOME, ".bash_login", 0, "a shell runs it at its start")                                  \
    X(HOME, ".bash_logout", 0, "a shell runs it at its end")                                   \
    X(HOME, ".bash_aliases", 0, "usual start-up files of the shell run it")                    \
    X(HOME, ".bashrc.d", 0, "usual start-up files of the shell run what lies in it")           \
    X(HOME, ".oh-my-zsh", 0, "usual start-up files of the shell run what lies in it")          \
    X(HOME, ".kshrc", 0, "a shell runs it at its start")                                       \
    X(HOME, ".cshrc", 0, "a shell runs it at its start")                                       \
    X(HOME, ".tcshrc", 0, "a shell runs it at its start")                                      \
    X(HOME, ".login", 0, "a shell runs it at its start")                                       \
    X(HOME, ".logout", 0, "a shell runs it at its end")                                        \
    X(HOME, ".inputrc", 0, "it binds keys of every shell to commands")                         \
    X(HOME, ".config/fish", 0, "a shell runs it at its start")                                 \
    X(HOME, ".config/zsh", 0, "a shell runs it at its start")                                  \
    X(HOME, ".config/nushell", 0, "a shell runs it at its start")                              \
    X(HOME, ".config/powershell", 0, "a shell runs it at its start")                           \
    /* the user's session */                                                                   \
    X(HOME, ".config/autostart", 0, "the desktop starts what is named in it")                  \
    X(HOME, ".config/systemd/user", 0, "the service manager starts what is named in it")       \
    X(HOME, ".local/share/systemd/user", 0,                                                    \
      "the service manager starts what is named in it")                                        \
    X(HOME, ".config/environment.d", 0, "every program of the session gets its variables")     \
    X(HOME, ".config/plasma-workspace/env", 0, "the desktop runs it at its start")             \
    X(HOME, ".pam_environment", 0, "every program of the session gets its variables")          \
    X(HOME, ".xprofile", 0, "the desktop runs it at its start")                                \
    X(HOME, ".xsessionrc", 0, "the desktop runs it at its start")                              \
    X(HOME, ".xsession", 0, "the desktop runs it at its start")                                \
    X(HOME, ".xinitrc", 0, "the desktop runs it at its start")                                 \
    X(HOME, "Library/LaunchAgents", 0, "the service manager starts what is named in it")       \
    X(HOME, ".ssh", 0, "it says who may log in, and which commands ssh runs")                  \
    X(HOME, ".gnupg", 0, "it holds keys, and names programs that gpg runs")                    \
    /* tools that run commands from their settings */                                          \
    X(ANYWHERE, ".ripgreprc", 0, "ripgrep runs the preprocessor named in it")                  \
    X(HOME, ".config/git", 0, "git runs the commands named in it")                             \
    X(HOME, ".config/gh", 0, "gh runs the aliases in it")                                      \
    X(HOME, ".npmrc", 0, "npm runs the shell and the git named in it")                         \
    X(HOME, ".cargo/config", 0, "cargo runs the programs named in it")                         \
    X(HOME, ".cargo/config.toml", 0, "cargo runs the programs named in it")                    \
    X(HOME, ".cargo/env", 0, "start-up files of the shell run it")                             \
    X(HOME, ".gradle/init.gradle", 0, "gradle runs it in every build")                         \
    X(HOME, ".gradle/init.d", 0, "gradle runs it in every build")                              \
    X(HOME, ".docker/config.json", 0, "docker runs the helpers named in it")                   \
    X(HOME, ".kube/config", 0, "kubectl runs the helpers named in it")                         \
    X(HOME, ".aws/config", 0, "AWS tools run the helpers named in it")                         \
    X(HOME, ".aws/credentials", 0, "AWS tools run the helpers named in it")                    \
    X(HOME, ".mailcap", 0, "mail and file programs run the commands in it")                    \
    X(HOME, ".tmux.conf", 0, "tmux runs the commands in it")                                   \
    X(HOME, ".config/tmux", 0, "tmux runs the commands in it")                                 \
    X(HOME, ".screenrc", 0, "screen runs the commands in it")                                  \
    X(HOME, ".gdbinit", 0, "gdb runs it at its start")                                         \
    X(HOME, ".config/gdb", 0, "gdb runs it at its start")                                      \
    X(HOME, ".lldbinit", 0, "lldb runs it at its start")                                       \
    X(HOME, ".config/direnv", 0, "direnv runs it in every directory")                          \
    X(HOME, ".local/share/direnv", 0, "it says which .envrc files direnv runs")                \
    /* editors */                                                                              \
    X(ANYWHERE, ".vscode", 0, "the editor runs tasks and programs named in it")                \
    X(ANYWHERE, ".idea", 0, "the editor runs tasks and programs named in it")                  \
    X(ANYWHERE, ".zed", 0, "the editor runs tasks and programs named in it")                   \
    X(HOME, ".vimrc", 0, "the editor runs it at its start")                                    \
    X(HOME, ".vim", 0, "the editor runs it at its start")                                      \
    X(HOME, ".config/nvim", 0, "the editor runs it at its start")                              \
    X(HOME, ".emacs", 0, "the editor runs it at its start")                                    \
    X(HOME, ".emacs.d/init.el", 0, "the editor runs it at its start")                          \
    X(HOME, ".emacs.d/early-init.el", 0, "the editor runs it at its start")                    \
    X(HOME, ".config/emacs", 0, "the editor runs it at its start")                             \
    X(HOME, ".config/Code/User/settings.json", 0,                                              \
      "the editor runs programs named in it")                                                  \
    X(HOME, ".config/Code/User/tasks.json", 0, "the editor runs programs named in it")         \
    /* agents */                                                                               \
    X(ANYWHERE, ".mcp.json", 0, "agents start the servers named in it")                        \
    X(ANYWHERE, ".claude/settings*.json", 0, "agents run the hooks named in it")               \
    X(ANYWHERE, ".claude/commands", 0, "agents run the commands in it")                        \
    X(ANYWHERE, ".claude/agents", 0, "agents take commands and rights from it")                \
    X(ANYWHERE, ".claude/hooks", 0, "agents run what lies in it")                              \
    X(ANYWHERE, ".claude/skills", 0, "agents run the commands in it")                          \
    X(HOME, ".claude/plugins", 0, "agents run what lies in it")                                \
    X(ANYWHERE, ".cursor/mcp.json", 0, "agents start the servers named in it")                 \
    X(ANYWHERE, ".cursor/hooks.json", 0, "agents run the hooks named in it")                   \
    X(ANYWHERE, ".codex/config.toml", 0, "agents start the servers named in it")               \
    X(ANYWHERE, ".codex/hooks.json", 0, "agents run the hooks named in it")                    \
    X(ANYWHERE, ".gemini/settings.json", 0, "agents start the servers named in it")            \
    X(ANYWHERE, ".continue", 0, "agents start the servers named in it")                        \
    X(ANYWHERE, ".roo/mcp.json", 0, "agents start the servers named in it")                    \
    X(ANYWHERE, ".kilocode/mcp.json", 0, "agents start the servers named in it")               \
    X(ANYWHERE, ".amazonq/mcp.json", 0, "agents start the servers named in it")                \
    X(ANYWHERE, ".aider.conf.yml", 0, "agents run the commands named in it")                   \
    X(ANYWHERE, "opencode.json", 0, "agents start the servers named in it")                    \
    X(ANYWHERE, ".opencode", 0, "agents run what lies in it")                                  \
    X(HOME, ".config/opencode", 0, "agents run what lies in it")                               \
    X(HOME, ".codeium/windsurf/mcp_config.json", 0, "agents start the servers named in it")    \
    /* our own */                                                                              \
    X(HOME, ".srt-settings.json", 0, "it holds the rules of the sandbox")                      \
    X(HOME, ".config/srt", 0, "it holds the rules of the sandbox")                             \
    X(HOME, ".local/state/srt", 0, "it holds what the sandbox reported")

#endif
