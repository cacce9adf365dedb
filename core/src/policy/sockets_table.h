/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets that are more than a connection: X(kind, place, reason). Private to
 * sockets.c.
 *
 * A place is a pattern of components, '*' and '?' within one; it stands for itself
 * and what lies below. "~/" is the home directory, "RUN/" each directory of a user's
 * session (/run/user/UID and $XDG_RUNTIME_DIR), "ANY/" any directory: those names
 * are known well enough to mean the same wherever somebody put them. "/run" is meant
 * under its old name /var/run as well.
 *
 * ESCAPE: whoever speaks to it can start programs or read and write files outside of
 * the sandbox. LEAK: it resolves names and so carries data out past the lists of hosts.
 *
 * Not here: agents that only sign (ssh-agent, gpg-agent's S.gpg-agent). They are what
 * allowUnixSockets is for, and what they sign is the user's choice. */
#ifndef SRT_POLICY_SOCKETS_TABLE_H
#define SRT_POLICY_SOCKETS_TABLE_H

#define SRT_SOCKETS_TABLE(X)                                                                       \
    /* container engines */                                                                        \
    X(ESCAPE, "/run/docker.sock", "Docker starts containers as root")                              \
    X(ESCAPE, "/run/docker", "Docker starts containers as root")                                   \
    X(ESCAPE, "RUN/docker.sock", "Docker starts containers with every file of the user")           \
    X(ESCAPE, "RUN/docker", "Docker starts containers with every file of the user")                \
    X(ESCAPE, "~/.docker/run", "Docker starts containers with every file of the user")             \
    X(ESCAPE, "~/.docker/desktop", "Docker starts containers with every file of the user")         \
    X(ESCAPE, "~/.colima", "Docker starts containers with every file of the user")                 \
    X(ESCAPE, "~/.orbstack", "OrbStack starts containers with every file of the user")             \
    X(ESCAPE, "~/.rd", "Docker starts containers with every file of the user")                     \
    X(ESCAPE, "~/.lima", "Lima's machines see files of the user")                                  \
    X(ESCAPE, "ANY/docker.sock", "Docker starts containers as root")                               \
    X(ESCAPE, "ANY/docker.raw.sock", "Docker starts containers as root")                           \
    X(ESCAPE, "/run/containerd", "containerd starts containers as root")                           \
    X(ESCAPE, "RUN/containerd*", "containerd starts containers with every file of the user")       \
    X(ESCAPE, "ANY/containerd.sock", "containerd starts containers as root")                       \
    X(ESCAPE, "ANY/containerd.sock.ttrpc", "containerd starts containers as root")                 \
    X(ESCAPE, "/run/k3s", "containerd starts containers as root")                                  \
    X(ESCAPE, "/run/k0s", "containerd starts containers as root")                                  \
    X(ESCAPE, "/run/crio", "CRI-O starts containers as root")                                      \
    X(ESCAPE, "ANY/crio.sock", "CRI-O starts containers as root")                                  \
    X(ESCAPE, "/run/cri-dockerd.sock", "cri-dockerd starts containers as root")                    \
    X(ESCAPE, "/run/dockershim.sock", "Kubernetes starts containers as root through it")           \
    X(ESCAPE, "/run/podman", "Podman starts containers as root")                                   \
    X(ESCAPE, "RUN/podman", "Podman starts containers with every file of the user")                \
    X(ESCAPE, "RUN/libpod", "Podman starts containers with every file of the user")                \
    X(ESCAPE, "~/.local/share/containers/podman", "Podman starts containers of the user")          \
    X(ESCAPE, "ANY/podman.sock", "Podman starts containers as root")                               \
    X(ESCAPE, "/run/buildkit", "BuildKit runs builds as root")                                     \
    X(ESCAPE, "RUN/buildkit*", "BuildKit runs builds with files of the user")                      \
    X(ESCAPE, "ANY/buildkitd.sock", "BuildKit runs builds as root")                                \
    X(ESCAPE, "/var/lib/kubelet", "the kubelet and its plug-ins run as root")                      \
    X(ESCAPE, "ANY/kubelet.sock", "the kubelet runs as root")                                      \
    /* machines */                                                                                 \
    X(ESCAPE, "/run/libvirt", "libvirt starts machines as root, with any file as a disk")          \
    X(ESCAPE, "RUN/libvirt", "libvirt starts machines with every file of the user")                \
    X(ESCAPE, "ANY/libvirt-sock", "libvirt starts machines as root, with any file as a disk")      \
    X(ESCAPE, "/var/lib/lxd", "LXD starts containers as root")                                     \
    X(ESCAPE, "/var/snap/lxd", "LXD starts containers as root")                                    \
    X(ESCAPE, "/run/lxd*", "LXD starts containers as root")                                        \
    X(ESCAPE, "/var/lib/incus", "Incus starts containers as root")                                 \
    X(ESCAPE, "/run/incus*", "Incus starts containers as root")                                    \
    X(ESCAPE, "/run/machine*", "it starts and enters machines")                                    \
    /* services */                                                                                 \
    X(ESCAPE, "/run/snapd*", "snapd installs and runs programs as root")                           \
    X(ESCAPE, "/run/dbus", "services on the system bus start programs")                            \
    X(ESCAPE, "RUN/bus", "services on the session bus start programs")                             \
    X(ESCAPE, "RUN/dbus*", "services on the session bus start programs")                           \
    X(ESCAPE, "/tmp/dbus-*", "services on the session bus start programs")                         \
    X(ESCAPE, "RUN/at-spi", "whoever speaks to it types into other programs")                      \
    X(ESCAPE, "~/.cache/at-spi", "whoever speaks to it types into other programs")                 \
    X(ESCAPE, "~/.dbus", "services on the session bus start programs")                             \
    X(ESCAPE, "RUN/systemd", "systemd starts programs outside")                                    \
    X(ESCAPE, "/run/systemd/private", "systemd starts programs as root")                           \
    X(ESCAPE, "/run/systemd/io.*", "systemd's services act for others")                            \
    X(ESCAPE, "/run/systemd/oom", "systemd's services act for others")                             \
    X(ESCAPE, "/run/systemd/notify", "it speaks to the service manager")                           \
    X(ESCAPE, "/run/systemd/userdb", "systemd's services act for others")                          \
    X(ESCAPE, "/run/systemd/coredump", "systemd's services act for others")                        \
    X(ESCAPE, "/run/udev", "it controls devices")                                                  \
    X(ESCAPE, "/run/acpid.socket", "it tells of every key")                                        \
    X(ESCAPE, "/run/cups", "printing runs filters as another user")                                \
    X(ESCAPE, "/run/pcscd", "whoever speaks to it uses smart cards")                               \
    X(ESCAPE, "/run/dhcpcd*", "it configures the network")                                         \
    X(ESCAPE, "/run/wpa_supplicant", "it configures the network")                                  \
    X(ESCAPE, "/run/tailscale", "it configures the network")                                       \
    X(ESCAPE, "/run/gssproxy.sock", "it hands out credentials")                                    \
    X(ESCAPE, "/nix/var/nix/daemon-socket", "the Nix daemon builds with rights of its own")        \
    X(ESCAPE, "/run/supervisor.sock", "supervisord starts programs")                               \
    X(ESCAPE, "/run/cloud-init", "cloud-init runs programs as root")                               \
    X(ESCAPE, "RUN/keyring", "it hands out passwords, and signs")                                  \
    X(ESCAPE, "RUN/gcr", "it hands out passwords, and signs")                                      \
    X(ESCAPE, "RUN/gnupg/S.gpg-agent.browser", "it hands out keys without the usual limits")       \
    X(ESCAPE, "RUN/gnupg/S.scdaemon", "whoever speaks to it uses smart cards")                     \
    X(ESCAPE, "~/.gnupg/S.gpg-agent.browser", "it hands out keys without the usual limits")        \
    X(ESCAPE, "~/.gnupg/S.scdaemon", "whoever speaks to it uses smart cards")                      \
    X(ESCAPE, "RUN/emacs", "Emacs runs the code that it is sent")                                  \
    X(ESCAPE, "/tmp/emacs*", "Emacs runs the code that it is sent")                                \
    X(ESCAPE, "RUN/nvim*", "the editor runs the code that it is sent")                             \
    X(ESCAPE, "/tmp/nvim*", "the editor runs the code that it is sent")                            \
    X(ESCAPE, "RUN/vscode-*", "the editor runs what it is told")                                   \
    X(ESCAPE, "/tmp/vscode-*", "the editor runs what it is told")                                  \
    X(ESCAPE, "RUN/kdeinit*", "KDE starts programs")                                               \
    X(ESCAPE, "RUN/klauncher*", "KDE starts programs")                                             \
    /* displays and terminals */                                                                   \
    X(ESCAPE, "/tmp/.X11-unix", "X clients read keys and type into every window")                  \
    X(ESCAPE, "/tmp/.ICE-unix", "the session manager starts programs")                             \
    X(ESCAPE, "RUN/wayland-*", "Wayland clients may read the clipboard and the screen")            \
    X(ESCAPE, "RUN/sway-ipc*", "the window manager starts programs")                               \
    X(ESCAPE, "RUN/i3", "the window manager starts programs")                                      \
    X(ESCAPE, "/tmp/i3-*", "the window manager starts programs")                                   \
    X(ESCAPE, "RUN/hypr", "the window manager starts programs")                                    \
    X(ESCAPE, "/tmp/hypr", "the window manager starts programs")                                   \
    X(ESCAPE, "RUN/niri*", "the window manager starts programs")                                   \
    X(ESCAPE, "RUN/pipewire-*", "it records sound and the screen")                                 \
    X(ESCAPE, "RUN/pulse", "it records sound, and loads modules")                                  \
    X(ESCAPE, "/tmp/pulse-*", "it records sound, and loads modules")                               \
    X(ESCAPE, "/tmp/tmux-*", "tmux runs commands outside")                                         \
    X(ESCAPE, "RUN/tmux*", "tmux runs commands outside")                                           \
    X(ESCAPE, "/run/screen", "screen runs commands outside")                                       \
    X(ESCAPE, "/run/screens", "screen runs commands outside")                                      \
    X(ESCAPE, "/tmp/screens", "screen runs commands outside")                                      \
    X(ESCAPE, "/tmp/uscreens", "screen runs commands outside")                                     \
    X(ESCAPE, "~/.screen", "screen runs commands outside")                                         \
    X(ESCAPE, "RUN/zellij", "zellij runs commands outside")                                        \
    X(ESCAPE, "/tmp/zellij-*", "zellij runs commands outside")                                     \
    X(ESCAPE, "RUN/wezterm", "wezterm runs commands outside")                                      \
    X(ESCAPE, "RUN/kitty*", "kitty runs commands outside")                                         \
    X(ESCAPE, "/tmp/kitty*", "kitty runs commands outside")                                        \
    X(ESCAPE, "RUN/dtach*", "what it attaches to runs outside")                                    \
    /* names */                                                                                    \
    X(LEAK, "/run/nscd", "nscd resolves any name")                                                 \
    X(LEAK, "/run/unscd", "nscd resolves any name")                                                \
    X(LEAK, "/var/db/nscd", "nscd resolves any name")                                              \
    X(LEAK, "/run/systemd/resolve", "systemd-resolved resolves any name")                          \
    X(LEAK, "/run/systemd/resolve.hook", "systemd-resolved resolves any name")                     \
    X(LEAK, "/var/lib/sss/pipes", "sssd asks its servers for any name")                            \
    X(LEAK, "/run/nslcd", "nslcd asks its servers for any name")                                   \
    X(LEAK, "/run/avahi-daemon", "Avahi sends any name to the local network")                      \
    X(LEAK, "/run/mDNSResponder", "mDNSResponder resolves any name")                               \
    X(LEAK, "/run/lwresd", "lwresd resolves any name")

#endif
