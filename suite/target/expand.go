package target

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A misfit is a ${…} that cannot be filled in.
type misfit struct {
	offset  int // in characters
	length  int
	message string
	hint    string
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand fills in ${VAR} and ${VAR:-default}. As in a shell, the default is taken where the variable is unset or
// empty. $${ is a plain ${. What cannot be filled in is told, and left out.
func expand(text string, env func(string) (string, bool)) (string, []misfit) {
	var out strings.Builder
	var wrong []misfit
	rest := text
	for {
		before, after, found := strings.Cut(rest, "${")
		if !found {
			out.WriteString(rest)
			return out.String(), wrong
		}
		if plain, escaped := strings.CutSuffix(before, "$"); escaped {
			out.WriteString(plain + "${")
			rest = after
			continue
		}
		out.WriteString(before)
		at := utf8.RuneCountInString(text[:len(text)-len(after)-2])
		inner, next, closed := strings.Cut(after, "}")
		if !closed {
			return out.String(), append(wrong, misfit{at, 2, "${ without its }", "write $${ for a plain ${"})
		}
		rest = next
		name, fallback, hasDefault := strings.Cut(inner, ":-")
		length := utf8.RuneCountInString(inner) + 3
		if !variable.MatchString(name) {
			wrong = append(wrong, misfit{at, length, fmt.Sprintf("%q is no name of a variable", name), "write ${NAME} or ${NAME:-default}; $${ is a plain ${"})
			continue
		}
		switch v, ok := env(name); {
		case ok && (v != "" || !hasDefault):
			out.WriteString(v)
		case hasDefault:
			out.WriteString(fallback)
		default:
			wrong = append(wrong, misfit{
				at, length, "the environment variable " + name + " is not set",
				fmt.Sprintf("set it, or give a default: ${%s:-…}", name),
			})
		}
	}
}
