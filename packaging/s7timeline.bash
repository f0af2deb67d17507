# bash completion of s7timeline, for bash-completion 2.
# Which options there are and which take a value is read from --help; here stands what the values are.

_s7timeline()
{
    local cur prev words cword split
    _init_completion -s || return

    case $prev in
        -o | --output)
            _filedir -d
            return
            ;;
        --map)
            _filedir
            return
            ;;
        -p | --port)
            COMPREPLY=($(compgen -W 'any 8888' -- "$cur"))
            return
            ;;
        --order)
            COMPREPLY=($(compgen -W 'device capture' -- "$cur"))
            return
            ;;
        --overlap)
            COMPREPLY=($(compgen -W 'first last' -- "$cur"))
            return
            ;;
        -f | --filter | -d | --device | --since | --until | --close-time | --idle-time | --max-*)
            return # what only the user knows
            ;;
    esac
    $split && return

    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '$(_parse_help "$1")' -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
        return
    fi
    _filedir # captures: files of any name, and folders
} &&
    complete -F _s7timeline s7timeline
