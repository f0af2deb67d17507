# bash completion of s7timeline, for bash-completion 2.
# tests/packaging/test_completion.py compares it with s7timeline --help.

_s7timeline()
{
    local cur prev words cword split
    _init_completion -s || return

    case $prev in
        -o | --output | --records | --from | --gather)
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
        --tracks)
            COMPREPLY=($(compgen -W 'gpx kml geojson' -- "$cur"))
            return
            ;;
        --overlap)
            COMPREPLY=($(compgen -W 'first last' -- "$cur"))
            return
            ;;
        -f | --filter | -d | --device | --rule | --track-gap | --since | --until | --shard | --part | --close-time | --idle-time | --max-* | --memory | -j | --jobs)
            return # what only the user knows
            ;;
    esac
    $split && return

    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--output= --force --port= --filter= --device= --since= --until= --order= --map= --rule=
            --tracks= --track-gap= --geopackage --jsonl --timesketch --summary --stdout --report --no-csv-guard --show-secrets
            --no-hash --close-time= --idle-time= --overlap= --max-streams= --max-devices= --max-waiting= --max-waiting-total=
            --max-unfinished= --max-segments= --max-datagrams= --max-fragment-bytes=
            --memory= --jobs= --shard= --records= --from= --part= --gather= --no-progress --quiet --verbose --version --help' -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
        return
    fi
    _filedir # captures: files of any name, and folders
} &&
    complete -F _s7timeline s7timeline
