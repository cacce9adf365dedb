# SPDX-License-Identifier: Apache-2.0
# fish completion for srt. Options are those that the program itself prints; after them, and
# after "--", the command and its own completion.

# letter, name, value and text of each option, with tabs between.
function __srt_options
    for line in ($argv --help 2>/dev/null)
        string match -rq '^  (?:-(?<letter>.),|   ) --(?<name>[a-z-]+)(?:=(?<value>\S+))?(?: +(?<text>.*))?$' -- $line
        and printf '%s\t%s\t%s\t%s\n' "$letter" "$name" "$value" "$text"
    end
end

function __srt_backends
    command srtctl backends --json 2>/dev/null | string replace -rf '^ *"name":"([a-z0-9-]*)",?$' '$1'
end

# Words after the last comma, each with what stands before it.
function __srt_list
    set -l before (string replace -rf '^((?:--[a-z-]+=)?(?:.*,)?).*$' '$1' -- (commandline -ct))
    set before (string replace -r '^--[a-z-]+=' '' -- $before)
    for word in $argv
        echo $before$word
    end
end

function __srt_classes
    __srt_list all readDeny readAllow writeAllow writeDeny writeDenyMissing globLater netIsolate netProxy \
        unixDeny unixPath process ipc syscall terminal
end

# The command that is to be run, and its arguments; none yet: status 1.
function __srt_command
    set -l tokens (commandline -opc) (commandline -ct)
    set -l names
    for option in (__srt_options $tokens[1])
        set -l parts (string split \t -- $option)
        set -a names (string join / -- (string match -r . -- $parts[1]) $parts[2])(test -n "$parts[3]"; and echo =)
    end
    set -e tokens[1]
    argparse -s $names -- $tokens 2>/dev/null
    test -n "$argv"; and not string match -q -- '-*' $argv[1]
    and string join0 -- $argv
end

function __srt_no_command
    not __srt_command >/dev/null
end

function __srt_complete_command
    set -l words (__srt_command | string split0)
    __fish_complete_subcommand --commandline $words
end

complete -c srt -x -a '(__srt_complete_command)'
for option in (__srt_options srt)
    set -l parts (string split \t -- $option)
    set -l words -c srt -n __srt_no_command -l $parts[2]
    set -a words -d (string match -r '.+' -- $parts[4]; or echo 'rule classes that may go unenforced')
    test -n "$parts[1]"; and set -a words -s $parts[1]
    if test -n "$parts[3]"
        switch $parts[2]
            case settings
                set -a words -r -k -a '(__fish_complete_suffix .json)'
            case backend
                set -a words -r -a '(__srt_backends)'
            case allow-unenforced
                set -a words -x -a '(__srt_classes)'
            case report
                set -a words -x -a 'json:3'
            case '*'
                set -a words -x
        end
    end
    complete $words
end
