// The script for bash 4.4 and later.

export const bashScript = `# bash completion for lvsctl, made by: lvsctl completion bash

_lvsctl() {
  local program=\${COMP_WORDS[0]} rest=\${COMP_LINE:0:COMP_POINT} current='' piece='' kind index
  local -a line=() words=() lines=()
  COMPREPLY=()
  # bash breaks words at : and = (COMP_WORDBREAKS); what no blank is between is one word again.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    piece=\${rest#"\${rest%%[!$' \\t']*}"}
    if ((index > 0)) && [[ $piece != "$rest" ]]; then
      words+=("$current")
      current=''
    fi
    ((index == COMP_CWORD)) || piece=\${COMP_WORDS[index]}
    rest=\${rest#*"$piece"}
    current+=$piece
  done
  words+=("$current")
  # bash replaces the last piece only.
  [[ $piece == *[!:=]* ]] || piece=''
  if [[ \${program##*/} == ipvsadm ]]; then line=(ipvsadm); fi
  if [[ \${line-} || $program != */* || ! -x $program ]]; then program=lvsctl; fi
  line+=("\${words[@]:1}")
  mapfile -t lines <<<"$(command "$program" complete bash "\${current:0:\${#current}-\${#piece}}" "\${line[@]}" 2>/dev/null)"
  kind=\${lines[0]-}
  case $kind in
    files*) compopt -o default -o filenames 2>/dev/null ;;
    open) compopt -o nospace 2>/dev/null ;;
  esac
  compopt -o nosort 2>/dev/null
  COMPREPLY=("\${lines[@]:1}")
}

complete -F _lvsctl lvsctl
complete -p ipvsadm &>/dev/null || complete -F _lvsctl ipvsadm
`
