// The script for fish 3.0 and later. fish itself adds no blank behind a word that ends in a colon.

export const fishScript = `# fish completion for lvsctl, made by: lvsctl completion fish

function __lvsctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program lvsctl
    switch "$words[1]"
        case ipvsadm '*/ipvsadm'
            set words[1] ipvsadm
        case '*/*'
            test -x $words[1]; and set program $words[1]
            set -e words[1]
        case '*'
            set -e words[1]
    end
    set -l lines (command $program complete fish '' $words "$current" 2>/dev/null)
    set -q lines[1]; or return
    set -l kind $lines[1]
    set -e lines[1]
    switch "$kind"
        case 'files*'
            set -l before (string replace 'files ' '' -- $kind)
            for file in (__fish_complete_path (string sub -s (math (string length -- "$before") + 1) -- "$current"))
                echo $before$file
            end
        case words open
            printf '%s\\n' $lines
    end
end

complete -c lvsctl -f -a '(__lvsctl_complete)'
complete -c ipvsadm -f -a '(__lvsctl_complete)'
`
