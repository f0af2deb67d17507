# Prints what bash offers when TAB is pressed behind a line, one word a line: bash complete.bash 's7timeline --ord'
# The completion is found as bash-completion finds it in a user's shell. No quotes in the line.
. /usr/share/bash-completion/bash_completion
read -ra COMP_WORDS <<<"${1//=/ = }"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=9 COMP_KEY=9
program=${COMP_WORDS[0]}

_completion_loader "$program"
function=$(complete -p "$program" | sed -n 's/.* -F \([^ ]*\).*/\1/p')
if [[ $function != "_$program" ]]; then
    echo "complete.bash: no completion for $program" >&2
    exit 1
fi
compopt() { :; } # bash knows it only while a key is handled
"$function" "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
