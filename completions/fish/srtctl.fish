# SPDX-License-Identifier: Apache-2.0
# fish completion for srtctl. Commands and options are those that the program itself prints.

source (status dirname)/srt.fish

function __srtctl_commands
    command srtctl --help 2>/dev/null | string replace -rf '^  ([a-z-]+) +(.*)$' '$1\t$2'
end

# Whether the command is $argv[1].
function __srtctl_is
    set -l tokens (commandline -opc)
    test (count $tokens) -gt 1; and test "$tokens[2]" = $argv[1]
end

function __srtctl_none
    test (count (commandline -opc)) -eq 1
end

# As for srt, for what stands after "srtctl plan".
function __srtctl_plan_command
    set -l tokens (commandline -opc) (commandline -ct)
    set -e tokens[1..2]
    argparse -s h/help d/debug s/settings= backend= allow-unenforced= a/all j/json -- $tokens 2>/dev/null
    test -n "$argv"; and not string match -q -- '-*' $argv[1]
    and __fish_complete_subcommand --commandline $argv
end

complete -c srtctl -f
complete -c srtctl -n __srtctl_none -a '(__srtctl_commands)'
complete -c srtctl -n __srtctl_none -a help -d 'About a command'
complete -c srtctl -n __srtctl_none -l help -s h -d 'The commands'
complete -c srtctl -n __srtctl_none -l version -s V -d 'The version'
complete -c srtctl -n '__srtctl_is help' -a '(__srtctl_commands)'
complete -c srtctl -n '__srtctl_is check' -k -a '(__fish_complete_suffix .json)'
complete -c srtctl -n '__srtctl_is explain; or __srtctl_is allow' -F
complete -c srtctl -n '__srtctl_is plan' -a '(__srtctl_plan_command)'
for command in (__srtctl_commands | string replace -r '\t.*' '')
    for option in (__srt_options srtctl $command)
        set -l parts (string split \t -- $option)
        set -l words -c srtctl -n "__srtctl_is $command" -l $parts[2]
        set -a words -d (string match -r '.+' -- $parts[4]; or echo 'as for srt')
        test -n "$parts[1]"; and set -a words -s $parts[1]
        if test -n "$parts[3]"
            switch $parts[2]
                case settings write
                    set -a words -r -k -a '(__fish_complete_suffix .json)'
                case backend
                    set -a words -r -a '(__srt_backends)'
                case select
                    set -a words -x -a '(__srt_list auto (__srt_backends | string replace -r "\t.*" ""))'
                case allow-unenforced
                    set -a words -x -a '(__srt_classes)'
                case kind
                    set -a words -x -a '(__srt_list read write create delete rename exec connect resolve unix signal syscall)'
                case count-by
                    set -a words -x -a '(__srt_list operation target rule program command backend reason session)'
                case since
                    set -a words -x -a '30m 1h 1d 1w'
                case '*'
                    set -a words -x
            end
        end
        complete $words
    end
end
