package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/internal/validate"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

// exitCodes explains the exit codes; explain and the README tell the same.
var exitCodes = map[int]string{
	exitOK:           "everything required held, and at least one check ran",
	exitBroken:       "the receiver or the data broke a rule",
	exitUsage:        "usage, config or scenario file is wrong; nothing was sent",
	exitEnvironment:  "environment: the target or an observer is unreachable or untrustworthy",
	exitInconclusive: "inconclusive: nothing could be checked, or the run was cut short",
	exitInterrupted:  "interrupted; reports were still written",
}

func newExplainCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain ID",
		Short: "Explain a requirement, a violation code or an exit code, with its source",
		Example: `  relaycheck explain ORD-3
  relaycheck explain RC1410
  relaycheck explain 3`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeIDs,
		RunE: func(_ *cobra.Command, args []string) error {
			id := strings.ToUpper(strings.TrimSpace(args[0]))
			cat, err := scenarios.LoadCatalogue()
			if err != nil {
				return exit(exitEnvironment, err)
			}
			if r, ok := cat.Get(id); ok {
				return a.explainRequirement(r)
			}
			codes := validate.Codes()
			if i := slices.IndexFunc(codes, func(c schema.Code) bool { return c.ID == id }); i >= 0 {
				return a.explainCode(codes[i])
			}
			if n, err := strconv.Atoi(strings.TrimPrefix(id, "EXIT")); err == nil {
				if text, ok := exitCodes[n]; ok {
					_, err := fmt.Fprintf(a.out, "exit code %d: %s\n", n, text)
					return err
				}
			}
			known := make([]string, 0, len(cat.Requirements)+len(codes))
			for _, r := range cat.Requirements {
				known = append(known, r.ID)
			}
			for _, c := range codes {
				known = append(known, c.ID)
			}
			return exit(exitUsage, fmt.Errorf("%q is no requirement (ACK-1), no violation code (RC1001) and no exit code (0 to 4, 130)%s; `relaycheck list requirements` shows the requirements",
				args[0], didYouMean(id, known)))
		},
	}
}

func (a *app) explainRequirement(r scenarios.Requirement) error {
	shipped, err := scenarios.Shipped()
	if err != nil {
		return exit(exitEnvironment, err)
	}
	var by []string
	for _, sc := range shipped {
		if slices.Contains(sc.Requires, r.ID) {
			by = append(by, fmt.Sprintf("  %s: %s", sc.ID, sc.Title))
		}
	}
	_, _ = fmt.Fprintf(a.out, "%s (%s, profile %s)\n%s\n\n", r.ID, r.Level, r.Profile, r.Sentence)
	field := func(name, text string) {
		if strings.TrimSpace(text) != "" {
			_, _ = fmt.Fprintf(a.out, "%s:\n%s\n\n", name, indent(wrap(text, 78), "  "))
		}
	}
	field("Basis", meant(r.Basis))
	field("Source", r.Source)
	field("How to mend a receiver that breaks it", r.Hint)
	field("What is deliberately allowed", r.Ruling)
	field("Judged by", strings.Join(r.Judges, ", "))
	field("Cannot be held unless the target file gives", needs(r))
	if len(by) == 0 {
		by = []string{"  none yet: it is unproven"}
	}
	_, err = fmt.Fprintf(a.out, "Scenarios that exercise it:\n%s\n", strings.Join(by, "\n"))
	return err
}

// meant is a basis with what the word stands for.
func meant(basis string) string {
	switch basis {
	case "documented":
		return basis + ": what the vendor's page says"
	case "derived":
		return basis + ": what follows from the vendor's page"
	case "defensive":
		return basis + ": what a receiver needs against the rest of the world"
	}
	return basis
}

// needs says in words what a requirement rests on beside the answers.
func needs(r scenarios.Requirement) string {
	var parts, facts, others []string
	for _, n := range r.NeedsAll {
		parts = append(parts, need(n))
	}
	for _, n := range r.NeedsAny {
		if slices.Contains(scenarios.FactNames(), n) {
			facts = append(facts, n)
		} else {
			others = append(others, need(n))
		}
	}
	switch {
	case len(facts) > 1:
		others = slices.Insert(others, 0, "at least one of the facts "+strings.Join(facts, ", "))
	case len(facts) == 1:
		others = slices.Insert(others, 0, need(facts[0]))
	}
	if len(others) > 0 {
		parts = append(parts, strings.Join(others, ", or "))
	}
	return strings.Join(parts, ", and ")
}

// need is one of them.
func need(name string) string {
	switch name {
	case scenarios.NeedEffects:
		return "an effect"
	case scenarios.NeedSigning:
		return "a callback key (signing.key)"
	case scenarios.NeedSigned:
		return "that signatures are required (signing.required)"
	case scenarios.NeedRestart, scenarios.NeedKill:
		return "the hook " + name
	}
	return "the fact " + name
}

func (a *app) explainCode(c schema.Code) error {
	_, _ = fmt.Fprintf(a.out, "%s (%s)\n%s\n\n%s\n", c.ID, c.Severity, c.Title, wrap(c.Explanation, 80))
	if c.Source != "" {
		_, _ = fmt.Fprintf(a.out, "\nSource:\n%s\n", indent(wrap(c.Source, 78), "  "))
	}
	if c.Mend != "" {
		_, _ = fmt.Fprintf(a.out, "\nWhat to do:\n%s\n", indent(wrap(c.Mend, 78), "  "))
	}
	return nil
}

// wrap breaks a text into lines of at most so many characters at blanks; longer words stay whole.
func wrap(text string, width int) string {
	var b strings.Builder
	col := 0
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case col+1+n > width:
			b.WriteByte('\n')
			col = 0
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += n
	}
	return b.String()
}
