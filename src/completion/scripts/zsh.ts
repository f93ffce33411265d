// The script for zsh: a file _lvsctl in a folder of $fpath, or sourced.

export const zshScript = `#compdef lvsctl ipvsadm
# zsh completion for lvsctl, made by: lvsctl completion zsh

_lvsctl() {
  local program=\${(Q)words[1]} kind line value
  local -a before lines candidates
  before=("\${(@Q)words[2,CURRENT-1]}")
  [[ \${program:t} == ipvsadm ]] && before=(ipvsadm "\${(@)before}")
  [[ \${program:t} != ipvsadm && $program == */* && -x $program ]] || program=lvsctl
  lines=("\${(@f)$(command $program complete zsh '' "\${(@)before}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=$lines[1]
  shift lines
  case $kind in
    files*)
      compset -P '--*='
      _files
      return
      ;;
    words|open) ;;
    *) return 1 ;;
  esac
  for line in $lines; do
    # _describe takes what follows the first colon for the description.
    value=\${line%%$'\\t'*}
    value=\${value//:/\\\\:}
    candidates+=("$value:\${line#*$'\\t'}")
  done
  if [[ $kind == open ]]; then
    _describe -t values lvsctl candidates -S ''
  else
    _describe -t values lvsctl candidates
  fi
}

if [[ \${funcstack[1]-} == _lvsctl ]]; then
  _lvsctl "$@"
elif (( $+functions[compdef] )); then
  compdef _lvsctl lvsctl ipvsadm
fi
`
