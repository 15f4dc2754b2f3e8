/**
 * Completion scripts for bash, zsh and fish. They ask `holdfast __complete` and take its answer as
 * data: no text of it is ever evaluated. Text only.
 * @module
 */
import { quote } from "../../shell.ts";

/** Shells that there is a script for. */
export type ShellName = "bash" | "zsh" | "fish";

/** What the scripts start. */
export interface Program {
  /** The deno that made the script; another one on the PATH comes first. */
  readonly deno: string;
  /** Path or address of cli.ts. */
  readonly cli: string;
}

/** Only files may be read, no variables either; nothing is fetched, nobody is asked. */
const FLAGS = "run --quiet --no-prompt --cached-only --allow-read --ignore-env";

/** The script of a shell. */
export function completionScript(shell: ShellName, program: Program): string {
  switch (shell) {
    case "bash":
      return bash(program);
    case "zsh":
      return zsh(program);
    case "fish":
      return fish(program);
  }
}

function bash({ deno, cli }: Program): string {
  return `# Completions of holdfast for bash. In ~/.bashrc: source <(holdfast completions bash)
_holdfast() {
  local IFS=$'\\n' deno line name prefix path kept suffixes lines=() found=() fit=()
  COMPREPLY=()
  deno=$(type -P deno) || deno=${quote(deno)}
  while IFS= read -r line; do lines+=("$line"); done < <(
    "$deno" ${FLAGS} ${quote(cli)} \\
      __complete bash "$HOME" "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null
  )
  case \${lines[0]-} in
    words)
      COMPREPLY=("\${lines[@]:1}")
      # Behind a colon the word goes on.
      if [[ \${COMPREPLY-} == *: ]]; then compopt -o nospace 2>/dev/null; fi
      ;;
    files | folders)
      prefix=\${lines[1]} path=\${lines[2]} kept=\${lines[3]} suffixes=\${lines[4]}
      compopt -o filenames 2>/dev/null
      if [[ \${lines[0]} == folders ]]; then
        while IFS= read -r name; do found+=("$name"); done < <(compgen -d -- "$path")
      else
        while IFS= read -r name; do found+=("$name"); done < <(compgen -f -- "$path")
      fi
      for name in "\${found[@]}"; do
        if [[ -d \${name/#\\~/$HOME} || " $suffixes " == *" \${name##*.} "* ]]; then fit+=("$name"); fi
      done
      # A file may be called otherwise: then all are offered.
      if [[ \${#fit[@]} -eq 0 || -z $suffixes ]]; then fit=("\${found[@]}"); fi
      for name in "\${fit[@]}"; do name=$prefix$name; COMPREPLY+=("\${name#"$kept"}"); done
      ;;
  esac
}
complete -F _holdfast holdfast
`;
}

function zsh({ deno, cli }: Program): string {
  return `#compdef holdfast
# Completions of holdfast for zsh. In ~/.zshrc, behind compinit: source <(holdfast completions zsh)
_holdfast() {
  local deno line
  local -a lines values shown
  deno=\${commands[deno]:-${quote(deno)}}
  lines=("\${(@f)$("$deno" ${FLAGS} ${quote(cli)} \\
    __complete zsh "$HOME" "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  case $lines[1] in
    words)
      for line in "\${(@)lines[2,-1]}"; do
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
      done
      # Behind a colon the word goes on.
      if [[ $values[1] == *: ]]; then compadd -S '' -a values
      elif [[ "\${(j::)lines}" == *$'\\t'* ]]; then compadd -l -d shown -a values
      else compadd -a values
      fi
      ;;
    files)
      compset -p \${#lines[2]}
      if [[ -n $lines[5] ]]; then _files -g "*.(\${lines[5]// /|})" || _files
      else _files
      fi
      ;;
    folders)
      compset -p \${#lines[2]}
      _files -/
      ;;
  esac
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _holdfast "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
  compdef _holdfast holdfast
fi
`;
}

function fish({ deno, cli }: Program): string {
  // Inside of fish's single quotes a backslash is one only when it is written twice.
  const word = (text: string) => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
  return `# Completions of holdfast for fish. In config.fish: holdfast completions fish | source
function __holdfast_complete
    set -l deno (command -s deno; or echo ${word(deno)})
    set -l typed (commandline -ct)
    set -l lines ($deno[1] ${FLAGS} ${word(cli)} \\
        __complete fish "$HOME" (commandline -opc) "$typed" 2>/dev/null </dev/null)
    switch "$lines[1]"
        case words
            if test (count $lines) -gt 1
                printf '%s\\n' $lines[2..-1]
            end
        case files folders
            set -l found (__fish_complete_path "$lines[3]")
            set -l fit
            for line in $found
                set -l name (string split -m 1 \\t -- $line)[1]
                if string match -q -- '*/' $name
                    set -a fit $line
                else if test "$lines[1]" = files
                    and contains -- (string split -r -m 1 . -- $name)[-1] (string split ' ' -- "$lines[5]")
                    set -a fit $line
                end
            end
            # A file may be called otherwise: then all are offered.
            if test "$lines[1]" = files; and begin; test -z "$lines[5]"; or test (count $fit) -eq 0; end
                set fit $found
            end
            for line in $fit
                printf '%s\\n' "$lines[2]$line"
            end
    end
end
complete -c holdfast -f -a '(__holdfast_complete)'
`;
}
