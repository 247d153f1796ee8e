package schema

import (
	"fmt"
	"slices"
	"strings"
)

// An Edition is a dated state of the vendor's page "Relay Event Notification".
type Edition string

// The editions that are written down as schemas, and Auto, which means: whichever fits best.
const (
	Auto           Edition = ""
	Edition2021_10 Edition = "2021-10"
	Edition2022_01 Edition = "2022-01"
	Edition2024_04 Edition = "2024-04"
	Edition2025_09 Edition = "2025-09"
)

// allEditions is in the order of time; the rest of the package relies on it.
var allEditions = []Edition{Edition2021_10, Edition2022_01, Edition2024_04, Edition2025_09}

// Editions lists the editions from the oldest to the newest.
func Editions() []Edition { return slices.Clone(allEditions) }

// ParseEdition reads an edition as a user writes it: a date of Editions, or "auto" or "" for Auto. The error names the
// valid values.
func ParseEdition(s string) (Edition, error) {
	if s == "" || s == "auto" {
		return Auto, nil
	}
	if slices.Contains(allEditions, Edition(s)) {
		return Edition(s), nil
	}
	names := make([]string, len(allEditions))
	for i, e := range allEditions {
		names[i] = string(e)
	}
	return "", fmt.Errorf("no edition %q: there are %s, and auto", s, strings.Join(names, ", "))
}

// A Reading says how strictly an edition is read.
type Reading string

// The readings.
const (
	// Wire accepts what either the tables or the samples show: index and code as number or text, a TaskExit without ids.
	// What departs from the tables without a sample that shows it is a warning.
	Wire Reading = "wire"
	// Documented holds a body to the tables' types: what is such a warning in the wire reading is an error. What the
	// edition's own samples show is fine here too.
	Documented Reading = "documented"
)

// Readings lists the readings.
func Readings() []Reading { return []Reading{Documented, Wire} }

// ParseReading reads a reading as a user writes it; "" is Wire. The error names the valid values.
func ParseReading(s string) (Reading, error) {
	switch Reading(s) {
	case "", Wire:
		return Wire, nil
	case Documented:
		return Documented, nil
	default:
		return "", fmt.Errorf("no reading %q: there are wire and documented", s)
	}
}
